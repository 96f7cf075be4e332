"""Why an attempt came to nothing, for a person: the code of the next hop, or the hub's own, as one sentence."""

from hub.texts import sentence


def reason(language: str, code: str) -> str:
    """What `code` means and what to do ("550", "busy", "not_allowed:Messaging"); "" for "". Unknown ones are shown."""
    if not code:
        return ""
    name, _, detail = code.partition(":")
    try:
        return sentence(language, "reasons", name, code=code, detail=detail)
    except KeyError:
        return sentence(language, "reasons", "unknown", code=code)

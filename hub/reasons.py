"""Why an attempt came to nothing, for a person: the code of the next hop, or the hub's own, as one sentence."""

from hub.texts import sentence


def reason(language: str, code: str) -> str:
    """What `code` means and what to do ("21211", "550", "busy"); "" without one. One that is not known is shown."""
    if not code:
        return ""
    try:
        return sentence(language, "reasons", code, code=code)
    except KeyError:
        return sentence(language, "reasons", "unknown", code=code)

"""Read what a call says out of its inline TwiML."""

from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class Speech:
    """`text` has one line for each <Say>; `language` is the first one's ("fr-FR"), or empty."""

    text: str = ""
    language: str = ""


def speech(twiml: str) -> Speech:
    """Raises ValueError when it is not a TwiML document."""
    try:
        # expat reads no external entities, and whoever writes here is our own hub on loopback.
        document = ElementTree.fromstring(twiml)  # noqa: S314
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None
    if document.tag != "Response":
        raise ValueError("the document is not a <Response>")
    says = list(document.iter("Say"))
    text = "\n".join(" ".join("".join(say.itertext()).split()) for say in says)
    return Speech(text, says[0].get("language", "") if says else "")

"""One thing that `hub doctor` has looked at, and the sentence of a fault."""

from dataclasses import dataclass

from hub.core import Hub
from hub.reasons import reason
from hub.texts import sentence


@dataclass(frozen=True, slots=True)
class Check:
    """`key` and `values` name a sentence in `[checks]` of the texts; without a key, `codes` are those of faults."""

    name: str
    ok: bool
    key: str = ""
    blocking: bool = False
    values: tuple[tuple[str, object], ...] = ()
    codes: tuple[str, ...] = ()

    def as_json(self, hub: Hub, language: str) -> dict[str, object]:
        if self.key:
            text = sentence(language, "checks", self.key, **dict(self.values))
        else:
            text = " ".join(fault_sentence(hub, code, language) for code in self.codes)
        return {"name": self.name, "ok": self.ok, "blocking": self.blocking and not self.ok, "sentence": text}


def fault_sentence(hub: Hub, code: str, language: str) -> str:
    """One sentence for a person, with the name of the contact who refuses or of the button it is about. Of the modem it
    says why: there is something else to do for each reason.
    """
    key, _, rest = code.partition(":")
    if key == "modem" and (why := reason(language, rest or hub.faults.why(key))):
        return why
    contact = hub.household.contacts.get(rest.partition(":")[2])
    button = hub.household.buttons.get(rest)
    name = contact.name if contact else (button and button.name) or rest or "?"
    try:
        return sentence(language, "faults", key, name=name, id=rest)
    except KeyError:
        return sentence(language, "faults", "fault", code=code)

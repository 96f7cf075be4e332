"""What each command takes. Anything else in a request is refused."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SkipValidation, StringConstraints

from hub.page.session import Login

Text = Annotated[str, StringConstraints(max_length=500)]
Seconds = Annotated[float, Field(allow_inf_nan=False)]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Nothing(BaseModel):
    """`answer_in`: the language of whoever reads the answer; `who`: the user who asks, as the kernel names them, or
    the role that is logged in. `poll`: a live page asks by itself, which is no use of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    answer_in: str = "en"
    who: str = ""
    login: SkipValidation[Login] = Login()
    poll: bool = False


class OfGesture(Nothing):
    gesture: Literal["single", "double", "hold"]


class PressButton(OfGesture):
    button: Id = ""


class Drill(OfGesture):
    siren: bool = False
    modem: bool = False
    contact: Text = ""
    channel: Literal["", "sms", "call", "email"] = ""


class TrySiren(Nothing):
    seconds: Annotated[float, Field(ge=0.2, le=3.0, strict=False)] = 1.0


class One(Nothing):
    id: Id


class TryButton(One):
    begin: bool = False


class Resolve(One):
    kind: Literal["real", "false_alarm", "test", "duress"]


class HomeChanges(Nothing):
    name: Text | None = None
    address: Text | None = None
    position: Text | None = None
    language: Text | None = None
    timezone: Text | None = None
    floor: Text | None = None
    door_code: Text | None = None
    residents: Text | None = None
    notes: Text | None = None


class OfButton(Nothing):
    button: Text = ""


class ResponseChange(OfButton):
    gesture: Text
    actions: list[Text]


class NewPerson(Nothing):
    name: Text
    phone: Text
    email: Text = ""
    language: Text = ""


class RemoveContact(One):
    """`now`: without the delay; `unsafe`: the contact must not be told."""

    now: bool = False
    unsafe: bool = False


class ContactChanges(RemoveContact):
    name: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    language: Text | None = None
    consent: bool | None = None


class Order(Nothing):
    ids: list[Id]


class Scan(Nothing):
    near: bool = False


class Timed(Nothing):
    """Seconds."""

    hold_after: Seconds | None = None
    pause: Seconds | None = None


class NewButton(Timed):
    address: Text
    name: Text = ""
    protocol: Text = "bthome"
    worn: bool = True
    key: Text = Field("", repr=False)
    feedback: bool = False
    response: dict[Text, list[Text]] = {}


class ButtonChanges(One, Timed):
    name: Text | None = None
    worn: bool | None = None
    key: Text | None = Field(None, repr=False)
    feedback: bool | None = None


class Learn(Nothing):
    address: Text


class Lesson(Nothing):
    undo: bool = False


class Learned(Nothing):
    name: Text = ""
    worn: bool = True


class Presence(Nothing):
    lives_here: bool


class LogIn(Nothing):
    id: Id = Field(alias="try")
    key: Key = Field(repr=False)


class NewCode(Nothing):
    role: Literal["technician", "wearer", "duress"]
    key: Key = Field(repr=False)


class Wipe(Nothing):
    """`recordings`: also those that are nowhere else."""

    confirm: Text
    recordings: bool = False


class Recipient(Nothing):
    key: Text


class Export(One):
    folder: Text

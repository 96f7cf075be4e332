"""The sections and keys of hub.toml, their defaults and what each must be.

A field's description completes the sentence "must be …"; docs/configuration.md names every key.
"""

from pathlib import Path
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from hub.config import rules
from hub.place import CONTROL_SOCKET

AbsolutePath = Annotated[Path, BeforeValidator(rules.absolute)]
SocketPath = Annotated[Path, BeforeValidator(rules.socket)]
Url = Annotated[str, AfterValidator(rules.url)]
AnyUrl = Annotated[str, AfterValidator(rules.any_url)]
NeededUrl = Annotated[str, AfterValidator(rules.needed_url)]
Number = Annotated[str, AfterValidator(rules.number)]
Recipient = Annotated[str, StringConstraints(pattern=r"^age1[ac-hj-np-z02-9]{58}$")]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class State(Section):
    dir: AbsolutePath = Path("/var/lib/hub")
    socket: SocketPath = CONTROL_SOCKET

    @property
    def simulation_socket(self) -> Path:
        return self.socket.with_name("simulation.sock")


class Buttons(Section):
    device: Literal["bluez", "simulated"] = Field(default="bluez", description='"bluez" or "simulated"')
    adapter: str = Field(default="hci0", pattern=r"^hci[0-9]{1,3}$", description='an adapter such as "hci0"')


class Siren(Section):
    device: Literal["gpio", "simulated"] = Field(default="gpio", description='"gpio" or "simulated"')
    pin: int = Field(default=17, ge=0, le=27, description="a whole number between 0 and 27")
    active_high: bool = Field(default=True, description="true or false")
    max_seconds: int = Field(default=180, ge=1, le=3600, description="a whole number between 1 and 3600")


class Microphone(Section):
    device: Literal["pyaudio", "simulated"] = Field(default="pyaudio", description='"pyaudio" or "simulated"')
    name: str = Field(default="", description="part of the device's name, or empty")
    rate: int = Field(default=16000, ge=8000, le=48000, description="a whole number between 8000 and 48000")


class Modem(Section):
    device: Literal["modemmanager", "simulated", "none"] = Field(
        default="modemmanager", description='"modemmanager", "simulated" or "none"'
    )
    pin: Annotated[SecretStr | None, BeforeValidator(rules.secret)] = Field(default=None, alias="pin_file")
    replies: bool = Field(default=False, description="true or false")


class Power(Section):
    device: Literal["gpio", "simulated", "none"] = Field(default="none", description='"gpio", "simulated" or "none"')
    pin: int = Field(default=6, ge=0, le=27, description="a whole number between 0 and 27")
    active_high: bool = Field(default=True, description="true or false")


class Twilio(Section):
    account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$", description="AC and 32 hexadecimal digits")
    api_key_sid: str = Field(pattern=r"^SK[0-9a-fA-F]{32}$", description="SK and 32 hexadecimal digits")
    api_key_secret: Annotated[SecretStr, BeforeValidator(rules.secret)] = Field(
        default=cast(SecretStr, "twilio.secret"), alias="api_key_secret_file", validate_default=True
    )
    sender: Annotated[str, AfterValidator(rules.sender)] = Field(description="a sender name or a number")
    caller: Number = Field(description="a number such as +33939010203")
    api_url: NeededUrl = Field(default="https://api.twilio.com", description="an address")
    balance_min: float = Field(default=10, allow_inf_nan=False, description="an amount of money, such as 10")
    studio_url: NeededUrl = Field(default="https://studio.twilio.com", description="an address")


class Email(Section):
    host: Annotated[str, AfterValidator(rules.host)] = Field(description="the name of a mail server")
    port: int = Field(default=587, ge=1, le=65535, description="a whole number between 1 and 65535")
    security: Literal["tls", "starttls", "none"] = Field(default="starttls", description='"tls", "starttls" or "none"')
    username: str = Field(default="", description="a login, or empty")
    password: SecretStr | None = Field(
        default=cast(SecretStr, "smtp.secret"), alias="password_file", validate_default=True
    )
    sender: Annotated[str, AfterValidator(rules.address)] = Field(description="an e-mail address")

    @field_validator("security")
    @classmethod
    def _never_in_clear_text(cls, security: str, info: ValidationInfo) -> str:
        if security == "none" and not rules.loopback(info.data.get("host", "localhost")):
            raise ValueError('must be "tls" or "starttls" ("none" only for a mail server on this machine)')
        return security

    @field_validator("password", mode="before")
    @classmethod
    def _only_for_a_login(cls, value: object, info: ValidationInfo) -> SecretStr | None:
        return rules.secret(value) if info.data.get("username") else None


class Video(Section):
    base_url: Url = Field(default="", max_length=40, description="an address of at most 40 characters, or empty")


class Evidence(Section):
    recipients: tuple[Recipient, ...] = Field(default=(), strict=False, description="a list of age public keys (age1…)")
    timestamp_url: AnyUrl = Field(default="", description="an address, or empty")
    timestamp_ca: Annotated[Path | None, BeforeValidator(rules.certificates)] = Field(
        default=None, alias="timestamp_ca_file"
    )
    offsite_url: Annotated[str, AfterValidator(rules.bucket_url)] = Field(
        default="", description="an address with a bucket, or empty"
    )
    offsite_region: str = Field(default="us-east-1", pattern=r"^[a-z0-9-]{1,32}$", description='such as "eu-west-3"')
    offsite_access_key: str = Field(default="", max_length=128, description="an access key", validate_default=True)
    offsite_secret: SecretStr | None = Field(
        default=cast(SecretStr, "offsite.secret"), alias="offsite_secret_file", validate_default=True
    )
    offsite_mobile: bool = Field(default=True, description="true or false")
    offsite_lock_days: int = Field(default=365, ge=1, le=36500, description="a whole number between 1 and 36500")
    keep_days: int = Field(default=365, ge=0, le=36500, description="a whole number between 0 and 36500")

    @field_validator("offsite_access_key")
    @classmethod
    def _needed_for_a_store(cls, key: str, info: ValidationInfo) -> str:
        if info.data.get("offsite_url") and not key:
            raise ValueError("is required with offsite_url")
        return key

    @field_validator("offsite_secret", mode="before")
    @classmethod
    def _only_for_a_store(cls, value: object, info: ValidationInfo) -> SecretStr | None:
        return rules.secret(value) if info.data.get("offsite_url") else None

    @property
    def has_errands(self) -> bool:
        """Whether there is anything for a courier to do."""
        return bool(self.offsite_url or self.timestamp_url)


class Heartbeat(Section):
    url: Url = Field(default="", description="an address, or empty")


class Internet(Section):
    probe_url: Url = Field(default="", description="an address, or empty")
    paths: tuple[Literal["ethernet", "wifi", "lte"], ...] = Field(
        default=(), strict=False, description='a list of "ethernet", "wifi" and "lte"'
    )


class Position(Section):
    cells_url: Url = Field(default="", description="an address, or empty")


class Page(Section):
    bind: Annotated[str, AfterValidator(rules.bind)] = Field(
        default="127.0.0.1:8443", description="ADDRESS:PORT, such as 127.0.0.1:8443"
    )
    pin: int = Field(default=0, ge=0, le=27, description="a whole number between 0 and 27")
    delay_hours: int = Field(default=24, ge=1, le=168, description="a whole number between 1 and 168")


class Upkeep(Section):
    incident_days: int = Field(default=90, ge=7, le=3650, description="a whole number between 7 and 3650")
    drill_days: int = Field(default=90, ge=0, le=3650, description="a whole number between 0 and 3650")


def _named(sections: list[Siren | Power], pin: int) -> str:
    return next(f"[{type(one).__name__.lower()}]" for one in sections if one.device == "gpio" and one.pin == pin)


class Config(Section):
    """Everything of hub.toml. `twilio` and `email` are None when their section is absent: not configured."""

    state: State = State()
    buttons: Buttons = Buttons()
    siren: Siren = Siren()
    microphone: Microphone = Microphone()
    modem: Modem = Modem()
    power: Power = Power()
    twilio: Twilio | None = None
    email: Email | None = None
    video: Video = Video()
    evidence: Evidence = Evidence()
    heartbeat: Heartbeat = Heartbeat()
    internet: Internet = Internet()
    position: Position = Position()
    page: Page = Page()
    upkeep: Upkeep = Upkeep()

    @field_validator("power", "page")
    @classmethod
    def _a_pin_of_its_own(cls, section: Power | Page, info: ValidationInfo) -> Power | Page:
        """On a pin that is the siren's, too, neither would work: it is an output."""
        before = [info.data[name] for name in ("siren", "power") if name in info.data]
        taken = {one.pin for one in before if one.device == "gpio"}
        used = section.pin > 0 if isinstance(section, Page) else section.device == "gpio"
        if used and section.pin in taken:
            raise ValueError(f"pin: must be another one, {section.pin} is used by {_named(before, section.pin)}")
        return section

    @property
    def devices(self) -> dict[str, str]:
        """What stands for each device: {"buttons": "bluez", "siren": "simulated", …}."""
        return {
            "buttons": self.buttons.device,
            "siren": self.siren.device,
            "microphone": self.microphone.device,
            "modem": self.modem.device,
            "power": self.power.device,
        }

    @property
    def probe(self) -> tuple[str, int] | None:
        """Host and port that the internet is tried with: those named, else what the hub needs anyway."""
        url = urlsplit(self.internet.probe_url or (self.twilio.api_url if self.twilio else ""))
        if url.hostname:
            return url.hostname, url.port or (443 if url.scheme == "https" else 80)
        return (self.email.host, self.email.port) if self.email else None

    @property
    def simulated(self) -> bool:
        """Whether any device is simulated, so that the daemon opens the simulation socket."""
        return "simulated" in self.devices.values()

    @property
    def real(self) -> tuple[str, ...]:
        """The names of the devices that are real."""
        return tuple(name for name, device in self.devices.items() if device not in ("simulated", "none"))

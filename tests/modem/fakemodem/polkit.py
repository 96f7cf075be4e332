"""The part of polkit's authority that ModemManager asks."""

from dbus_fast import Message

NAME = "org.freedesktop.PolicyKit1"


class FakePolkit:
    """Everybody may do everything, but the actions in `refused`."""

    def __init__(self) -> None:
        self.refused: set[str] = set()

    def answer(self, asked: Message) -> Message | None:
        if asked.interface != f"{NAME}.Authority" or asked.member != "CheckAuthorization":
            return None
        return Message.new_method_return(asked, "(bba{ss})", [[asked.body[1] not in self.refused, False, {}]])

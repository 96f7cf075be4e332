"""Every command of the control socket, what it takes, and who may give it."""

import os
import pwd
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from hub.control import actions, learning, pairing, recordings, settings, status, trying
from hub.control import requests as ask
from hub.control.server import Request, reader
from hub.core import Hub
from hub.errors import Refusal

Json = dict[str, object]
PAGE_USER = "hub-web"


@dataclass(frozen=True, slots=True)
class Command:
    """`run(hub, request)`; `page`: the page's user may give it before there is a login."""

    takes: type[ask.Nothing]
    run: Callable[[Hub, Any], Awaitable[Json]]
    page: bool = False


COMMANDS: dict[str, Command] = {
    "status": Command(ask.Nothing, status.status, page=True),
    "doctor": Command(ask.Nothing, status.examine),
    "press": Command(ask.PressButton, actions.press),
    "drill": Command(ask.Drill, actions.drill),
    "try microphone": Command(ask.Nothing, trying.microphone),
    "try siren": Command(ask.TrySiren, trying.siren),
    "resolve": Command(ask.Resolve, actions.resolve),
    "incidents": Command(ask.Nothing, actions.incidents),
    "incident": Command(ask.One, actions.incident),
    "home": Command(ask.Nothing, settings.home, page=True),
    "home set": Command(ask.HomeChanges, settings.set_home, page=True),
    "response": Command(ask.OfButton, settings.response),
    "response set": Command(ask.ResponseChange, settings.set_response),
    "contacts": Command(ask.Nothing, settings.contacts, page=True),
    "contact add": Command(ask.NewPerson, settings.add_contact, page=True),
    "contact remove": Command(ask.RemoveContact, settings.remove_contact, page=True),
    "technicians": Command(ask.Nothing, settings.technicians),
    "technician add": Command(ask.NewPerson, settings.add_technician),
    "technician remove": Command(ask.One, settings.remove_technician),
    "buttons": Command(ask.Nothing, pairing.buttons),
    "button scan": Command(ask.Scan, pairing.scan),
    "button add": Command(ask.NewButton, pairing.add),
    "button set": Command(ask.ButtonChanges, pairing.change),
    "button remove": Command(ask.One, pairing.remove),
    "button feedback": Command(ask.One, pairing.feedback),
    "button learn": Command(ask.Learn, learning.learn),
    "button lesson": Command(ask.Lesson, learning.lesson),
    "button learned": Command(ask.Learned, learning.keep),
    "button unlearn": Command(ask.Nothing, learning.unlearn),
    "evidence keys": Command(ask.Nothing, recordings.recipients),
    "evidence key add": Command(ask.Recipient, recordings.add_recipient),
    "evidence key remove": Command(ask.Recipient, recordings.remove_recipient),
    "evidence list": Command(ask.Nothing, recordings.all_recordings),
    "evidence export": Command(ask.Export, recordings.export),
    "evidence exporting": Command(ask.Export, recordings.exporting),
}


class Desk:
    """Answers requests: `await desk(uid, request)`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._technicians = {0, os.getuid()}
        self._page = _uid_of(PAGE_USER)

    async def __call__(self, uid: int, request: Request) -> Json:
        command = COMMANDS.get(str(request["command"]))
        if command is None:
            raise Refusal("unknown_command", name=str(request["command"])[:40])
        if uid not in self._technicians and not (command.page and uid == self._page):
            raise Refusal("not_allowed")
        return await command.run(self._hub, _checked(command.takes, request, _name_of(uid)))


def _uid_of(user: str) -> int | None:
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _checked(takes: type[ask.Nothing], request: Request, who: str) -> ask.Nothing:
    arguments = {key: value for key, value in request.items() if key != "command"}
    try:
        return takes.model_validate({**arguments, "answer_in": reader(request), "who": who})
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refusal("malformed_request", problem=f"{where}: {first['msg']}") from None

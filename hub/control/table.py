"""Every command of the control socket, what it takes, and who may give it."""

import os
import pwd
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from hub import doctor
from hub.control import actions, settings, status
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
    "press": Command(ask.PressButton, actions.press),
    "drill": Command(ask.Drill, actions.drill),
    "resolve": Command(ask.Resolve, actions.resolve),
    "incidents": Command(ask.Nothing, actions.incidents),
    "incident": Command(ask.One, actions.incident),
    "home": Command(ask.Nothing, settings.home, page=True),
    "home set": Command(ask.HomeChanges, settings.set_home, page=True),
    "response": Command(ask.Nothing, settings.response),
    "response set": Command(ask.ResponseChange, settings.set_response),
    "contacts": Command(ask.Nothing, settings.contacts, page=True),
    "contact add": Command(ask.NewPerson, settings.add_contact, page=True),
    "contact remove": Command(ask.RemoveContact, settings.remove_contact, page=True),
    "technicians": Command(ask.Nothing, settings.technicians),
    "technician add": Command(ask.NewPerson, settings.add_technician),
    "technician remove": Command(ask.One, settings.remove_technician),
    "buttons": Command(ask.Nothing, settings.buttons),
    "button scan": Command(ask.Nothing, settings.scan_buttons),
    "button add": Command(ask.NewButton, settings.add_button),
    "button remove": Command(ask.One, settings.remove_button),
    "evidence list": Command(ask.Nothing, actions.list_recordings),
    "evidence export": Command(ask.Export, actions.export_recording),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers requests: `desk(uid, request)`."""

    hub: Hub

    async def __call__(self, uid: int, request: Request) -> Json:
        name, language = str(request["command"]), reader(request)
        arguments = {key: value for key, value in request.items() if key not in ("command", "answer_in")}
        if name == "status":
            return await status.status(self.hub, _checked(ask.Nothing, arguments), language)
        technician = _is_technician(uid)
        if name == "doctor" and technician:
            _checked(ask.Nothing, arguments)
            return {"checks": [c.as_json(language) for c in await doctor.examine(self.hub)]}
        command = COMMANDS.get(name)
        if command is None and name != "doctor":
            raise Refusal("unknown_command", name=name[:40])
        if command is None or not (technician or (command.page and _is_page(uid))):
            raise Refusal("not_allowed")
        return await command.run(self.hub, _checked(command.takes, arguments))


def _checked(takes: type[ask.Nothing], arguments: Json) -> ask.Nothing:
    try:
        return takes.model_validate(arguments)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refusal("malformed_request", problem=f"{where}: {first['msg']}") from None


def _is_technician(uid: int) -> bool:
    return uid in (0, os.getuid())


def _is_page(uid: int) -> bool:
    try:
        return pwd.getpwuid(uid).pw_name == PAGE_USER
    except KeyError:
        return False

"""Every command of the control socket, what it takes, and who may give it."""

import os
import pwd
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from hub.control import (
    actions,
    learning,
    page,
    pairing,
    people,
    recordings,
    settings,
    setup,
    status,
    trying,
    upkeep,
    wipe,
)
from hub.control import requests as ask
from hub.control.server import Request, reader
from hub.core import Hub
from hub.errors import Refusal
from hub.page.session import Login, Role

Json = dict[str, object]
PAGE_USER = "hub-web"


@dataclass(frozen=True, slots=True)
class Command:
    """`run(hub, request)`; `roles` may give it."""

    takes: type[ask.Nothing]
    run: Callable[[Hub, Any], Awaitable[Json]]
    roles: frozenset[Role] = frozenset({Role.TECHNICIAN})


HERS = frozenset({Role.TECHNICIAN, Role.WEARER})
ANYBODY_S = frozenset(Role)


COMMANDS: dict[str, Command] = {
    "page": Command(ask.Nothing, page.page, ANYBODY_S),
    "page open": Command(ask.Nothing, page.open_page),
    "page close": Command(ask.Nothing, page.close_page),
    "page try": Command(ask.Nothing, page.try_code, ANYBODY_S),
    "page login": Command(ask.LogIn, page.log_in, ANYBODY_S),
    "page logout": Command(ask.Nothing, page.log_out, HERS),
    "page salt": Command(ask.Nothing, page.salt),
    "code new": Command(ask.NewCode, page.new_code),
    "codes": Command(ask.Nothing, page.codes),
    "visits": Command(ask.Nothing, page.visits, HERS),
    "setup": Command(ask.Nothing, setup.setup, HERS),
    "setup presence": Command(ask.Presence, setup.presence),
    "setup finish": Command(ask.Nothing, setup.finish),
    "status": Command(ask.Nothing, status.status, HERS),
    "doctor": Command(ask.Nothing, status.examine, HERS),
    "press": Command(ask.PressButton, actions.press),
    "drill": Command(ask.Drill, actions.drill),
    "try button": Command(ask.TryButton, trying.button),
    "try microphone": Command(ask.Nothing, trying.microphone),
    "try siren": Command(ask.TrySiren, trying.siren),
    "resolve": Command(ask.Resolve, actions.resolve, HERS),
    "incidents": Command(ask.Nothing, actions.incidents, HERS),
    "incident": Command(ask.One, actions.incident, HERS),
    "home": Command(ask.Nothing, settings.home, HERS),
    "home set": Command(ask.HomeChanges, settings.set_home),
    "response": Command(ask.OfButton, settings.response),
    "response set": Command(ask.ResponseChange, settings.set_response),
    "contacts": Command(ask.Nothing, people.contacts, HERS),
    "contact add": Command(ask.NewPerson, people.add_contact),
    "contact remove": Command(ask.RemoveContact, people.remove_contact),
    "contact change": Command(ask.ContactChanges, people.change_contact),
    "contact order": Command(ask.Order, people.order_contacts),
    "pending": Command(ask.Nothing, people.pending, HERS),
    "pending confirm": Command(ask.One, people.confirm),
    "pending withdraw": Command(ask.One, people.withdraw),
    "technicians": Command(ask.Nothing, people.technicians),
    "technician add": Command(ask.NewPerson, people.add_technician),
    "technician remove": Command(ask.One, people.remove_technician),
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
    "upkeep": Command(ask.Nothing, upkeep.upkeep),
    "remind": Command(ask.Nothing, upkeep.remind),
    "wipe": Command(ask.Wipe, wipe.wipe),
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
        login = self._login(uid, request)
        if login.role not in command.roles:
            raise Refusal(self._why_not(login, request))
        return await command.run(self._hub, _checked(command.takes, request, _who(uid, login), login))

    def _login(self, uid: int, request: Request) -> Login:
        """A token takes the place of the rights of the user, and never adds to those of a stranger."""
        if uid not in self._technicians and uid != self._page:
            raise Refusal("not_allowed")
        if "token" not in request:
            return Login(Role.TECHNICIAN if uid in self._technicians else Role.NOBODY)
        token = str(request["token"])
        session = self._hub.gate.session(token, used=request.get("poll") is not True)
        return Login(Role.NOBODY) if session is None else Login(session.role, token, session.threat)

    def _why_not(self, login: Login, request: Request) -> str:
        if login.role is not Role.NOBODY or "token" not in request:
            return "not_allowed"
        return "log_in" if self._hub.gate.is_open else "page_closed"


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


def _who(uid: int, login: Login) -> str:
    return f"{login.role} (page)" if login.token else _name_of(uid)


def _checked(takes: type[ask.Nothing], request: Request, who: str, login: Login) -> ask.Nothing:
    arguments = {key: value for key, value in request.items() if key not in ("command", "token")}
    try:
        return takes.model_validate({**arguments, "answer_in": reader(request), "who": who, "login": login})
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refusal("malformed_request", problem=f"{where}: {first['msg']}") from None

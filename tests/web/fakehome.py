"""A small home for the pages: three sockets, behind them a hub, its devices and its telephones."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from typing import Any

from .fakegate import Gate, RefusalError
from .fakehousehold import Household

Answer = dict[str, Any]
SIM = "+33639980090"
AT = "2026-03-01T19:14:05Z"
NAMES = ("Anna", "Bruno", "Chloé", "Driss", "Élise")


ALWAYS = {"status", "contacts", "home", "incidents", "incident", "setup", "page try", "page login", "pending"}


class FakeHome:
    """The facts can be changed; `asked` is every request that came, without its language."""

    def __init__(self) -> None:
        self.asked: list[Answer] = []
        self.polls = 0
        self.checks = [
            {"name": "home", "ok": True, "blocking": False, "sentence": "Name and address are there."},
            {"name": "contacts", "ok": False, "blocking": True, "sentence": "There is no contact."},
        ]
        self.languages: list[str] = []
        self.refusal = self.refusal_code = ""
        self.always = set(ALWAYS)  # answered even while the others are refused
        self.contacts = [
            {
                "id": str(number),
                "name": name,
                "phone": f"+3361234567{number}",
                "email": f"contact{number}@example.org",
                "language": "fr",
                "consent": AT,
            }
            for number, name in enumerate(NAMES)
        ]
        self.home: Answer = {
            "name": "Marie",
            "address": "3 rue des Lilas, Quimper",
            "position": [47.996, -4.102],
            "language": "fr",
            "timezone": "Europe/Paris",
        }
        self.household = Household()
        self.gate = Gate()
        self.faults: list[Answer] = []
        self.unfinished: list[str] = []
        self.incident: Answer | None = None
        self.recording: Answer | None = None
        self.sounding = False
        self.trouble = ""
        self.mains_lost = False
        self.phones: list[Answer] = []
        self.mails: list[Answer] = []

    def raise_alarm(self) -> None:
        """As two seconds after a hold."""
        self.incident = {
            "id": "K7Q2M",
            "level": "alarm",
            "state": "alerting",
            "drill": False,
            "kind": None,
            "opened_at": AT,
            "ended_at": None,
            "by": "",
            "taken_at": None,
            "rounds": 1,
            "events": [{"at": AT, "what": "opened", "detail": ""}],
            "answers": [],
            "positions": [],
            "contacts": [
                {"id": contact["id"], "name": contact["name"], "acknowledged_at": None} for contact in self.contacts
            ],
            "deliveries": [
                self._delivery(contact, channel) for contact in self.contacts for channel in ("sms", "call", "email")
            ],
        }
        self.sounding, self.recording = True, {"incident": "K7Q2M", "level": -21.4}
        self.phones = [self._phone(contact, "ringing") for contact in self.contacts]
        self.mails = [
            {
                "id": f"m{contact['id']}",
                "at": AT,
                "to": contact["email"],
                "subject": "ALARME – Marie",
                "text": TEXT,
                "html": "",
            }
            for contact in self.contacts
        ]

    def _delivery(self, contact: Answer, channel: str) -> Answer:
        outcome = {"sms": "delivered", "call": "accepted", "email": "sending"}[channel]
        return {
            "contact": contact["id"],
            "name": contact["name"],
            "channel": channel,
            "purpose": "alert",
            "outcome": outcome,
            "attempts": [{"at": AT, "path": "twilio", "result": outcome, "code": "", "reason": ""}],
        }

    def _phone(self, contact: Answer, state: str) -> Answer:
        said = {"text": TEXT, "language": "fr-FR"}
        return {
            "number": contact["phone"],
            "behaviour": "by_hand",
            "messages": [{"id": "s" + contact["id"], "at": AT, "from": "HUB", "text": TEXT, "segments": 2}],
            "calls": [
                {
                    "id": "c" + contact["id"],
                    "at": AT,
                    "from": "+33162000000",
                    "to": contact["phone"],
                    "state": state,
                    "result": None,
                }
                | said
            ],
        }

    def control(self, request: Answer) -> Answer:
        command = request["command"]
        if "token" in request:
            self.polls += request.pop("poll", False)
            self.gate.check(request.pop("token"), command)
        if self.refusal and command not in self.always:
            raise RefusalError(self.refusal, self.refusal_code)
        answers: dict[str, Callable[[], Answer]] = {
            "status": self._status,
            "contacts": lambda: {"contacts": self.contacts},
            "home": lambda: {"home": self.home},
            "incidents": lambda: {"incidents": [self.incident] if self.incident else []},
            "incident": self._incident,
            "doctor": lambda: {"checks": self.checks},
            "drill": self._drill,
        }
        if command in answers:
            return answers[command]()
        return self.gate.answer(request) or self.household.answer(request)

    def _incident(self) -> Answer:
        if not self.incident:
            raise RefusalError("There is no such incident.", "unknown_incident")
        return {"incident": self.incident}

    def _drill(self) -> Answer:
        self.raise_alarm()
        assert self.incident
        self.incident["drill"] = True
        return {"incident": self.incident}

    def _status(self) -> Answer:
        return {
            "ready": not self.faults,
            "box": "7K2M",
            "version": "0.1.0",
            "devices": [
                {"name": "buttons", "device": "simulated", "ok": True, "detail": "1 button"},
                {"name": "siren", "device": "simulated", "ok": True, "detail": ""},
                {"name": "modem", "device": "none", "ok": False, "detail": "not set up"},
            ],
            "paths": [
                {"name": "twilio", "ok": True, "detail": ""},
                {"name": "smtp", "ok": False, "detail": "refused the login"},
                {"name": "modem", "ok": None, "detail": ""},
            ],
            "faults": self.faults,
            "unfinished": self.unfinished,
            "open_incident": self.incident["id"] if self.incident else None,
            "recording": self.recording,
            "home": {"name": "Marie", "language": "fr"},
        }

    def simulation(self, request: Answer) -> Answer:
        if request["command"] == "siren":
            return {"sounding": self.sounding, "pattern": None}
        if request["command"] == "modem":
            return {"trouble": self.trouble, "number": SIM}
        if request["command"] == "power":
            return {"lost": self.mains_lost}
        return {"buttons": ["AA:BB:CC:DD:EE:01"]}

    def network(self, _request: Answer) -> Answer:
        return {"phones": self.phones, "mails": self.mails}

    def changes(self, command: str) -> list[Answer]:
        """The requests of one command, without its name."""
        return [
            {key: value for key, value in request.items() if key != "command"}
            for request in self.asked
            if request["command"] == command
        ]


TEXT = (
    "ALARME pour Marie, 3 rue des Lilas, Quimper. Réf K7Q2M, 20:14.\n"
    "Ceci n'appelle pas la police : faites le 17 ou le 112 (SMS 114). Ne l'appelez pas, ne lui écrivez pas."
)


@contextmanager
def served(home: FakeHome, folder: Path) -> Iterator[dict[str, Path]]:
    """The three sockets of a demonstration, in this folder."""
    sockets = {name: folder / f"{name}.sock" for name in ("control", "simulation", "network")}
    with ExitStack() as stack:
        for name, path in sockets.items():
            stack.enter_context(_listening(path, home, getattr(home, name)))
        yield sockets


@contextmanager
def _listening(path: Path, home: FakeHome, answer: Callable[[Answer], Answer]) -> Iterator[None]:
    class Line(StreamRequestHandler):
        def handle(self) -> None:
            request = json.loads(self.rfile.readline())
            home.languages.append(request.pop("answer_in"))
            home.asked.append(request)
            self.wfile.write(json.dumps(_answered(answer, request)).encode() + b"\n")

    with ThreadingUnixStreamServer(str(path), Line) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _answered(answer: Callable[[Answer], Answer], request: Answer) -> Answer:
    try:
        return {"ok": True} | answer(request)
    except RefusalError as refusal:
        return {"ok": False, "error": str(refusal), "code": refusal.code}

"""What a technician sets up, as the pages ask for it."""

from typing import Any

Answer = dict[str, Any]
AT = "2026-03-01T19:14:05Z"
DUE = "2026-03-02T19:14:05Z"
ADDRESS = "AA:BB:CC:DD:EE:01"
STEPS = (
    "presence",
    "home",
    "contacts",
    "technicians",
    "buttons",
    "siren",
    "microphone",
    "paths",
    "keys",
    "drill",
    "sheet",
)


class Household:
    """The facts can be changed."""

    def __init__(self) -> None:
        self.finished = False
        self.lives_here: bool | None = None
        self.now = {"ok": True, "sentence": "An alert would get out now."}
        self.pending: list[Answer] = []
        self.technicians = [{"id": "t1", "name": "Paul", "phone": "+33612345690", "email": "", "language": "fr"}]
        self.buttons: list[Answer] = [button()]
        self.heard = [
            {
                "address": ADDRESS,
                "name": "SBBT-002C",
                "protocol": "bthome",
                "rssi": -50,
                "seconds_ago": 2.1,
                "battery": 90,
            }
        ]
        self.lesson: Answer = {}
        self.rows = [
            {"gesture": "single", "level": "prevention", "actions": ["sms"]},
            {"gesture": "double", "level": "rescue", "actions": ["call", "email", "sms"]},
            {"gesture": "many", "level": "rescue", "actions": ["call", "email", "sms"]},
            {"gesture": "hold", "level": "alarm", "actions": ["call", "email", "record", "siren", "sms"]},
        ]
        self.keys = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]
        self.copied = 12
        self.level = -41.2
        self.recordings = [
            {
                "id": "K7Q2M-1",
                "incident": "K7Q2M",
                "segments": 30,
                "seconds": 61.5,
                "bytes": 2_500_000,
                "started_at": AT,
            }
        ]

    def answer(self, request: Answer) -> Answer:
        answers: dict[str, Answer] = {
            "setup": self._setup(),
            "setup presence": {"response": self.rows},
            "pending": {"pending": self.pending},
            "contact add": {"contact": {"id": "new"}},
            "contact remove": {"contact": {}, "due": None if request.get("now") else DUE},
            "contact change": {"contact": {}, "due": DUE if request.get("phone") and not request.get("now") else None},
            "technicians": {"technicians": self.technicians},
            "buttons": {"buttons": self.buttons},
            "try button": {"left": 58, "gestures": [{"gesture": "double", "seconds_ago": 1.2}]},
            "try siren": {"seconds": 1.0},
            "try microphone": {"level": self.level},
            "button scan": {"heard": self.heard},
            "button lesson": {"lesson": self.lesson},
            "response": {"response": self.rows},
            "evidence keys": {"keys": self.keys, "signed_by": "4f1c 22ab 90de 7731"},
            "evidence list": {"recordings": self.recordings},
            "evidence export": self._copied(request),
            "evidence exporting": self._copied(request),
        }
        return answers.get(request["command"], {})

    def _copied(self, request: Answer) -> Answer:
        return {"folder": request.get("folder"), "files": 12, "copied": self.copied, "done": self.copied == 12}

    def _setup(self) -> Answer:
        steps = [
            {"name": name, "done": name in ("home", "contacts"), "sentence": f"How it stands with {name}."}
            for name in STEPS
        ]
        return {"finished": self.finished, "lives_here": self.lives_here, "now": self.now, "steps": steps}


def button() -> Answer:
    return {
        "id": "b1",
        "address": ADDRESS,
        "name": "Necklace",
        "protocol": "bthome",
        "encrypted": True,
        "worn": True,
        "feedback": False,
        "hold_after": 0.8,
        "pause": 0.5,
        "last_seen": 3.2,
        "last_press": 3.2,
        "rssi": -51,
        "battery": 93,
        "supervision": "none",
        "period": None,
        "state": "ok",
        "notices": [],
        "response": None,
    }


def lesson(state: str) -> Answer:
    """How far a lesson is: "looking", "asking", "found" or "failed"."""
    finding = {
        "tells": ["single", "hold"],
        "timed": False,
        "sentence": "The button itself tells apart: one press, a hold.",
    }
    return {
        "address": ADDRESS,
        "state": state,
        "asked": "single" if state == "asking" else "",
        "done": 2,
        "of": 9,
        "heard": 2,
        "linked": False,
        "sentence": "Press ONCE, briefly.",
        "finding": finding if state == "found" else None,
    }

"""The hub's part of a login, as the pages meet it: tries, tokens, roles, the window, codes and visits."""

import hashlib
from typing import Any

from hub import passcode

Answer = dict[str, Any]
AT = "2026-03-01T19:14:05Z"
RECIPE = {"salt": "00112233445566778899aabbccddeeff", "passes": 1, "memory": 64, "lanes": 1}
CODES = {"technician": "K7Q2M-X4TRD", "wearer": "481593", "duress": "725046"}
NOBODY = {"page", "page try", "page login"}
WEARER = NOBODY | {
    *("page logout", "status", "doctor", "incidents", "incident", "resolve", "home", "contacts", "pending", "visits"),
    "setup",
}


class RefusalError(Exception):
    """Said to the one who asked."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class Gate:
    """`open`: the window. `wait`: seconds until a code may be tried."""

    def __init__(self) -> None:
        self.open = True
        self.wait = 0
        self.tries: list[str] = []
        self.logins: dict[str, str] = {}
        self.keys = {role: key(code) for role, code in CODES.items()}
        self.visits: list[Answer] = [{"at": AT, "what": "opened", "who": "button", "detail": ""}]

    def check(self, token: str, command: str) -> None:
        """The rights of this token; they are the hub's to enforce."""
        if command in NOBODY and not token:
            return
        if not self.open:
            raise RefusalError("The page is closed.", "page_closed")
        role = self.logins.get(token)
        if role is None:
            raise RefusalError("Log in again.", "log_in")
        if role != "technician" and command not in WEARER:
            raise RefusalError("You are not allowed to do this.", "not_allowed")

    def answer(self, request: Answer) -> Answer | None:
        """None where the command is not about the gate."""
        match request["command"]:
            case "page try":
                return self._try()
            case "page login":
                return self._login(request)
            case "page logout":
                self.logins.clear()
                return {"done": True}
            case "page salt":
                return dict(RECIPE)
            case "code new":
                self.keys[request["role"]] = bytes.fromhex(request["key"])
                return {"role": request["role"]}
            case "codes":
                return {"codes": dict.fromkeys(CODES, True) | {"duress": False}}
            case "visits":
                return {"visits": self.visits}
        return None

    def _try(self) -> Answer:
        if not self.open:
            raise RefusalError("The page is closed.", "page_closed")
        if self.wait:
            raise RefusalError(f"Too many tries: wait {self.wait} s.", "too_many_tries")
        self.tries.append(f"t{len(self.tries)}")
        return {"try": self.tries[-1], **RECIPE}

    def _login(self, request: Answer) -> Answer:
        if request["try"] not in self.tries:
            raise RefusalError("This came too late: type the code again.", "late_try")
        self.tries[self.tries.index(request["try"])] = ""
        given = bytes.fromhex(request["key"])
        role = next((role for role, kept in self.keys.items() if kept == given), None)
        if role is None:
            raise RefusalError("This code is wrong.", "wrong_code")
        token = hashlib.sha256(f"{len(self.visits)}".encode()).hexdigest()
        self.logins = {token: "wearer" if role == "duress" else role}  # one login at a time
        self.visits.insert(0, {"at": AT, "what": "login", "who": self.logins[token], "detail": ""})
        return {"token": token, "role": self.logins[token]}


def key(code: str) -> bytes:
    return passcode.key(code, bytes.fromhex(RECIPE["salt"]), RECIPE["passes"], RECIPE["memory"], RECIPE["lanes"])

"""What the simulated modem answers to each AT command (3GPP TS 27.005 and 27.007)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from .modem import FakeModem
from .pdu import size, swapped
from .port import Failed, Session

_NO_SIM, _SIM_PIN, _SIM_PUK, _WRONG_PIN = (f"+CME ERROR: {code}" for code in (10, 11, 12, 16))

_SAID = {
    "I": ["Manufacturer: Simulated", "Model: LTE", "Revision: 1.0", "IMEI: 490154203237518", "+GCAP: +CGSM"],
    "+CGMI": ["Simulated"],
    "+CGMM": ["LTE"],
    "+CGMR": ["1.0"],
    "+CGSN": ["490154203237518"],
    "+GCAP": ["+GCAP: +CGSM"],
    "+WS46=?": ["+WS46: (12,22,25,28)"],  # 28: LTE
    "+WS46?": ["+WS46: 25"],
    "+CMEE=?": ["+CMEE: (0-2)"],
    "+CSCS=?": ['+CSCS: ("IRA")'],
    "+CSCS?": ['+CSCS: "IRA"'],
    "+CFUN=?": ["+CFUN: (0,1,4),(0,1)"],
    "+CREG=?": ["+CREG: (0-2)"],
    "+CGREG=?": ["+CGREG: (0-2)"],
    "+CEREG=?": ["+CEREG: (0-2)"],
    "+CSQ=?": ["+CSQ: (0-31,99),(0-7,99)"],
    "+CESQ=?": ["+CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)"],
    "+CIND=?": ['+CIND: ("signal",(0-5)),("service",(0,1)),("call",(0,1)),("roam",(0,1)),("smsfull",(0,1))'],
    "+CMER=?": ["+CMER: (0,3),(0),(0),(0,1),(0)"],
    "+CGDCONT=?": ['+CGDCONT: (1-16),"IP",,,(0-2),(0-4)'],
    "+CGDCONT?": ['+CGDCONT: 1,"IP","","",0,0'],
    "+CGACT=?": ["+CGACT: (0,1)"],
    "+CGACT?": ["+CGACT: 1,0"],
    "+CLCK=?": ['+CLCK: ("SC")'],
    "+CMGF=?": ["+CMGF: (0)"],
    "+CMGF?": ["+CMGF: 0"],
    "+CSMS=?": ["+CSMS: (0,1)"],
    "+CSMS?": ["+CSMS: 1,1,1"],
    "+CSCA?": ['+CSCA: "+33609001390",145'],
    "+CGPS=?": ["+CGPS: (0,1),(1-3)"],
    "+CNMI=?": ["+CNMI: (0-2),(0-1),(0,2),(0-1),(0)"],
    "+CPMS=?": ['+CPMS: ("SM"),("SM"),("SM")'],
    "+CMGL=?": ["+CMGL: (0-4)"],
}
_SILENTLY_DONE = ("E", "V", "X", "Q", "Z", "&", "S", "+CMEE=", "+CSCS=", "+IFC", "+CTZU", "+CTZR", "+CMGF=0", "+CSMS=")
_DONE = {
    "+CPIN=?",
    "+CSIM=?",
    "+CIMI=?",
    "+CRSM=?",
    "+CGSN=?",
    "+CMGR=?",
    "+CMGD=?",
    "+CMGS=?",
    "+CCLK=?",
    "+CGDCONT=1",
}

Answer = Callable[[Session, str], list[str] | Awaitable[list[str]]]


class Commands:
    """The command set of one modem; what it does not know is an ERROR."""

    def __init__(self, modem: FakeModem) -> None:
        self.modem = modem

    async def run(self, session: Session, command: str) -> list[str]:
        """Raises Failed."""
        if command in _SAID:
            return _SAID[command]
        if answer := self._answer(command):
            said = answer(session, command.partition("=")[2])
            return said if isinstance(said, list) else await said
        if command.startswith(_SILENTLY_DONE) or command in _DONE:
            session.port.echo = session.port.echo and command != "E0"
            return []
        raise Failed("ERROR")

    def _answer(self, command: str) -> Answer | None:
        table: dict[str, Answer] = {
            "+CPIN?": self._lock,
            "+CPIN=": self._unlock,
            "+CSIM=": self._tries,
            "+CIMI": self._subscriber,
            "+CRSM=": self._file,
            "+CLCK=": lambda *_: [f"+CLCK: {int(bool(self.modem.pin))}"],
            "+CFUN?": lambda *_: [f"+CFUN: {self.modem.level}"],
            "+CFUN=": self._power,
            "+COPS?": self._operator,
            "+COPS=": self._choose,
            "+CSQ": lambda *_: [f"+CSQ: {self.modem.strength},99"],
            "+CESQ": lambda *_: [f"+CESQ: 99,99,255,255,20,{46 if self.modem.registered else 255}"],
            "+CIND?": lambda *_: [f"+CIND: {self.modem.bars},{int(self.modem.registered)},0,0,{int(self.modem.full)}"],
            "+CMER=": self._indicate,
            "+CCLK?": lambda *_: [f'+CCLK: "{datetime.now(UTC):%y/%m/%d,%H:%M:%S}+00"'],
            "+CNMI=": self._announce,
            "+CGPS=": self._receive,
            "+CGPS?": lambda *_: [f"+CGPS: {int(self.modem.receiving)},1"],
            "+CPMS": self._storage,
            "+CMGL=": self._list,
            "+CMGR=": lambda _, index: self._messages([int(index)], "+CMGR:"),
            "+CMGD=": self._delete,
            "+CMGS=": self._submit,
        }
        known = {name: answer for name, answer in table.items() if command.startswith(name) and "=?" not in command}
        if known:
            return known[max(known, key=len)]
        return self._registration(command) if command.startswith(("+CREG", "+CGREG", "+CEREG")) else None

    # --- the SIM card ---

    def _sim(self) -> None:
        if not self.modem.sim:
            raise Failed(_NO_SIM)
        if self.modem.locked:
            raise Failed(_SIM_PIN if self.modem.tries else _SIM_PUK)

    def _lock(self, *_: object) -> list[str]:
        if not self.modem.sim:
            raise Failed(_NO_SIM)
        if not self.modem.locked:
            return ["+CPIN: READY"]
        return ["+CPIN: SIM PIN" if self.modem.tries else "+CPIN: SIM PUK"]

    def _unlock(self, _: Session, pin: str) -> list[str]:
        if not self.modem.unlock(pin.strip('"')):
            raise Failed(_WRONG_PIN if self.modem.tries else _SIM_PUK)
        return []

    def _tries(self, _: Session, apdu: str) -> list[str]:
        """The empty VERIFY and UNBLOCK that ask how many tries are left."""
        left = {
            "0020000100": self.modem.claims or self.modem.tries,
            "002C000100": 10,
            "0020008100": 3,
            "002C008100": 10,
        }
        asked = apdu.partition(",")[2].strip('"').upper()
        return [f'+CSIM: 4,"63C{left[asked]:X}"' if asked in left else '+CSIM: 4,"6D00"']

    def _subscriber(self, *_: object) -> list[str]:
        self._sim()
        return ["208150123456789"]

    def _file(self, _: Session, asked: str) -> list[str]:
        if not self.modem.sim:
            raise Failed(_NO_SIM)
        identity = swapped(self.modem.card).hex().upper()
        known = {"176,12258": identity, "176,28589": "00000002"}
        found = known.get(",".join(asked.split(",")[:2]))
        return [f'+CRSM: 144,0,"{found}"' if found else '+CRSM: 106,130,""']

    # --- the network ---

    def _power(self, _: Session, level: str) -> list[str]:
        self.modem.set_level(int(level.partition(",")[0]))
        return []

    def _registration(self, command: str) -> Answer:
        name = command[1:].partition("?")[0].partition("=")[0]
        if command.endswith("?"):
            return lambda *_: [self.modem.registration_line(name, asked=True)]
        return lambda _, mode: self._follow(name, int(mode or 0))

    def _follow(self, name: str, mode: int) -> list[str]:
        self.modem.modes[name] = mode
        return []

    def _operator(self, *_: object) -> list[str]:
        form = self.modem.operator_form
        name = "20815" if form == 2 else self.modem.operator
        return [f'+COPS: 0,{form},"{name}",7' if self.modem.registered else "+COPS: 0"]

    def _choose(self, _: Session, choice: str) -> list[str]:
        mode, _, form = choice.partition(",")
        if mode == "3":
            self.modem.operator_form = int(form)
        else:
            self._sim()
            asyncio.get_running_loop().call_soon(self.modem.tell_radio)
        return []

    def _indicate(self, _: Session, mode: str) -> list[str]:
        self.modem.indicates = mode.startswith("3")
        return []

    def _receive(self, _: Session, mode: str) -> list[str]:
        if self.modem.deaf:
            raise Failed("ERROR")
        self.modem.receiving = mode.startswith("1")
        self.modem.switched_on += self.modem.receiving
        return []

    # --- messages ---

    def _announce(self, _: Session, modes: str) -> list[str]:
        numbers = [int(mode or 0) for mode in modes.split(",")] + [0] * 5
        if numbers[1] > 1 or numbers[3] > 1:
            raise Failed("+CMS ERROR: 303")
        self.modem.announces, self.modem.reports = numbers[1] == 1, numbers[3] == 1
        return []

    def _storage(self, _: Session, choice: str) -> list[str]:
        count = f"{len(self.modem.stored)},{self.modem.capacity}"
        return ["+CPMS: " + ",".join([count] * 3 if choice else [f'"SM",{count}'] * 3)]

    def _list(self, *_: object) -> list[str]:
        self._sim()
        return self._messages(sorted(self.modem.stored), "+CMGL: {},")

    def _messages(self, indexes: list[int], head: str) -> list[str]:
        if any(index not in self.modem.stored for index in indexes):
            raise Failed("+CMS ERROR: 321")
        found = [(index, self.modem.stored[index]) for index in indexes]
        return [f"{head.format(index)}1,,{size(pdu)}\r\n{pdu}" for index, pdu in found]

    def _delete(self, _: Session, index: str) -> list[str]:
        if self.modem.keeps:
            raise Failed("+CMS ERROR: 500")
        if self.modem.stored.pop(int(index.partition(",")[0]), None) is None:
            raise Failed("+CMS ERROR: 321")
        asyncio.get_running_loop().call_later(0.5, self.modem.deliver)
        return []

    async def _submit(self, session: Session, _: str) -> list[str]:
        self._sim()
        return [f"+CMGS: {await self.modem.submit(await session.pdu())}"]

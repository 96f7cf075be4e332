"""What the watchdog is fed by, in time of its own: loops, dispatcher and the one who feeds, as the daemon has them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from datetime import timedelta

from hypothesis import strategies as st

from hub import services
from hub.book import Book
from hub.chain import LATE, LOOK, LOOPS, STUCK, YOUNG, Chain
from hub.delivery import Delivery
from hub.dispatch import Dispatcher
from hub.errors import DeliveryError
from hub.faults import Faults
from hub.messages import Purpose
from hub.model import Moment
from hub.ports import Message
from hub.response import Action
from tests.moments import EVENING

HOUR = 3600.0
GROWN = (YOUNG + 2) * LOOK
SOON = STUCK * LOOK + LATE + LOOK  # s; from the moment something should have moved to the last meal


class Ahead(asyncio.SelectorEventLoop):
    """Time goes on at once to whatever comes next; nothing here has a socket."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self.ahead += max(0.0, self._scheduled[0].when() - self.time())
        super()._run_once()


class Paper:
    """A disk that takes everything, until it is stuck."""

    stuck = False

    def put(self, *_: object) -> "asyncio.Future[None]":
        written = asyncio.get_running_loop().create_future()
        if not self.stuck:
            written.set_result(None)
        return written

    execute = put


class Wire:
    """A channel; `answer` is awaited for each message."""

    def __init__(self, path: str = "twilio") -> None:
        self.path = path
        self.answer: Callable[[], Awaitable[object]] = accept

    async def send(self, _: Message) -> str:
        await self.answer()
        return "SM1"


class Threads:
    """`held`: none of them is free."""

    held = False

    def proof(self) -> "Future[None]":
        self.asked: Future[None] = Future()
        if not self.held:
            self.asked.set_result(None)
        return self.asked


async def accept() -> None:
    """At once."""


async def never() -> None:
    await asyncio.get_running_loop().create_future()


async def deaf() -> None:
    """A library that swallows what cancels it."""
    while not deaf.over:
        try:
            await asyncio.sleep(HOUR)
        except asyncio.CancelledError:
            continue


deaf.over = False


async def after(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def refuse() -> None:
    raise DeliveryError("on purpose", code="503")


async def broken() -> None:
    raise ZeroDivisionError


class House:
    """The loops, the dispatcher and the one who feeds, as the daemon has them."""

    def __init__(self, wire: Wire | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        self.disk, self.threads, self.wire = Paper(), Threads(), wire or Wire()
        self.faults = Faults(self.clock)
        self.book = Book(self.disk)
        ways = {Action.SMS: self.wire, "modem": self.wire}
        self.dispatcher = Dispatcher(ways, self.book, self.faults, self.clock)
        self.chain = Chain(self.book, ways, self.threads, self.disk, self.faults, self.clock)
        self.work: dict[str, Callable[[], Awaitable[None]]] = dict.fromkeys(LOOPS, accept)
        self.fed: list[bool] = []
        self.last = 0.0
        self.tasks = [asyncio.create_task(self.keep(name)) for name in LOOPS]
        self.tasks.append(asyncio.create_task(services.repeat(LOOK, self.feed)))

    def clock(self) -> Moment:
        now = self.loop.time()
        return Moment(now, EVENING + timedelta(seconds=now))

    def keep(self, name: str) -> Coroutine[None, None, None]:
        turn = lambda: services.repeat(0.5, lambda: self.work[name](), lambda: self.chain.turned(name))  # noqa: E731
        return services.keep(f"service:{name}", turn, self.faults, proven_after=60.0)

    async def feed(self) -> None:
        self.fed.append(self.chain.moves())
        if self.fed[-1]:
            self.last = self.loop.time()

    def press(self, *, started: bool = True, path: str = "", wait: float = 0.0) -> Delivery:
        now, number = self.clock(), len(self.book.all())
        made = Delivery(
            f"K7Q2M-{number}", "K7Q2M", "c1", Action.SMS, Purpose.ALERT, "+33639980001", "fr", "", "text",
            now, now.mono + wait, path=path,
        )  # fmt: skip
        self.book.enter([made])
        if started:
            self.dispatcher.start([made])
        return made

    async def starves(self, within: float) -> None:
        died = self.loop.time()
        await asyncio.sleep(within + HOUR)
        assert self.last <= died + within
        assert not any(self.fed[-100:])

    async def end(self) -> None:
        deaf.over = True
        await services.let_go([*self.tasks, *self.dispatcher._tasks.values()], 2 * HOUR)
        deaf.over = False


def live(story: Callable[[House], Awaitable[None]], wire: Wire | None = None) -> House:
    """Play it, in time of its own."""

    async def play() -> House:
        house = House(wire)
        try:
            await story(house)
        finally:
            await house.end()
        return house

    with asyncio.Runner(loop_factory=Ahead) as runner:
        return runner.run(play())


def dead(house: House) -> None:
    """In every way at once."""
    house.threads.held = True
    house.work = dict.fromkeys(LOOPS, never)
    house.press(started=False)


async def hour(house: House) -> None:
    await asyncio.sleep(HOUR)


ANSWERS = st.sampled_from([accept, never, refuse, broken, lambda: after(7.0)])
WAITS = st.floats(0.0, 400.0)

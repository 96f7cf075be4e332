"""Holds lessons, one at a time, with the device that is studied; a lesson ends by itself."""

import asyncio
import logging
from dataclasses import dataclass, field
from time import monotonic

from hub.learning.finding import find
from hub.learning.lesson import Lesson, Phase
from hub.learning.times import Times
from hub.ports import Buttons

log = logging.getLogger(__name__)
LETTING_GO = 3.0  # s; of a device, while somebody waits for the answer
PAUSE = 0.2  # s; a signal may have moved the deadline


@dataclass(frozen=True, slots=True)
class Session:
    address: str
    lesson: Lesson
    task: "asyncio.Task[None]" = field(repr=False)


class Learner:
    """`session` stays after its end, to be kept or shown, until the next one or `stop`."""

    def __init__(self, buttons: Buttons, times: Times | None = None) -> None:
        self.times = times or Times()
        self.session: Session | None = None
        self._buttons = buttons
        self._turn = asyncio.Lock()  # one starts or stops at a time, or a lesson would go on that nobody can stop

    async def start(self, address: str) -> Session:
        """A new lesson, in the place of one that is going on."""
        async with self._turn:
            await self._stop()
            lesson = Lesson(monotonic(), self.times)
            task = asyncio.create_task(self._give(lesson, address), name="lesson")
            task.add_done_callback(lambda task: _look_at_end(task, lesson))
            self.session = Session(address, lesson, task)
            return self.session

    async def stop(self) -> None:
        """Forget the lesson; the device is let go of."""
        async with self._turn:
            await self._stop()

    async def _stop(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            session.task.cancel()
            await asyncio.wait({session.task}, timeout=LETTING_GO)

    async def _give(self, lesson: Lesson, address: str) -> None:
        study = asyncio.create_task(self._buttons.study(address, lesson.hear), name="study")
        try:
            while not lesson.ended:
                await asyncio.wait({study}, timeout=_patience(lesson))
                if study.done():
                    lesson.fail("study_broke")
                await _go_on(lesson)
        finally:
            study.cancel()
            (problem,) = await asyncio.gather(study, return_exceptions=True)
            if not isinstance(problem, asyncio.CancelledError):
                log.warning("The study of a button ended: %s", type(problem).__name__)


def _patience(lesson: Lesson) -> float:
    deadline = lesson.deadline
    return PAUSE if deadline is None else min(PAUSE, max(0.0, deadline - monotonic()))


async def _go_on(lesson: Lesson) -> None:
    lesson.tick(monotonic())
    if lesson.phase is Phase.WEIGHING:
        lesson.weigh(await asyncio.to_thread(find, lesson.evidence), monotonic())


def _look_at_end(task: "asyncio.Task[None]", lesson: Lesson) -> None:
    """An error of ours ends this lesson and nothing else."""
    if not task.cancelled() and (problem := task.exception()) is not None:
        log.error("a lesson broke: %s", type(problem).__name__)
        lesson.fail("lesson_broke")

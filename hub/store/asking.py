"""A thread for reading: a disk that hangs holds up neither the loop, nor other threads, nor the end of the process."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Asking:
    """Unlike an executor's thread, this one is not waited for at the end."""

    _queue: "queue.SimpleQueue[Callable[[], None]]" = field(default_factory=queue.SimpleQueue, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    async def ask(self, question: Callable[[], T]) -> T:
        """In the thread, one after the other; a question nobody waits for any longer is not asked."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="store-reading", daemon=True)
            self._thread.start()
        future: Future[T] = Future()
        self._queue.put(lambda: _answer(future, question))
        return await asyncio.wrap_future(future)

    def _work(self) -> None:
        while True:
            self._queue.get()()


def _answer(future: "Future[T]", question: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        answer = question()
    except Exception as problem:  # noqa: BLE001 - one device's task: who asked gets it, the thread goes on
        future.set_exception(problem)
    else:
        future.set_result(answer)

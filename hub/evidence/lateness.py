"""Sound that is missing without a word of the device: the blocks after it come late, and never catch up. Pure.

A busy machine disturbs the times as well, for a while. So one block that is late says nothing; when all of some seconds
are, even the least late of them, what they are late by was never heard.
"""

from collections import deque
from dataclasses import dataclass, field
from heapq import nsmallest

# Measured on PulseAudio, at a load of 10 to 25 on two cores, nothing lost: over an hour the least late block of two
# seconds was thirteen times more than 50 ms late by the times the device says, and never more than 94 ms. (By when the
# callbacks came it was 634 ms within a minute.) What was heard must not be called lost.
TOLERANCE_SECONDS = 0.15
PATIENCE_SECONDS = 2.0
MEMORY_SECONDS = 10.0  # what was on time before that does not count: no two clocks run alike, 0.02 % make 2 ms in it


@dataclass(frozen=True, slots=True)
class Missing:
    """From `start` to `end`, monotonic in s, there came only `got` frames."""

    start: float
    end: float
    got: int


@dataclass(frozen=True, slots=True)
class _Block:
    """`late`: s, against a clock that counts frames from an arbitrary zero; `first`, `after`: frames; `mono`: s."""

    late: float
    first: int
    after: int
    mono: float


@dataclass(slots=True)
class Lateness:
    """Of the blocks of one stream, `rate` frames a second."""

    rate: int
    _count: int = 0
    _punctual: deque[_Block] = field(default_factory=deque)
    _late: deque[_Block] = field(default_factory=deque)

    def feed(self, mono: float, frames: int) -> list[Missing]:
        """Take one block that began at `mono`. Return what is missing for certain."""
        first, self._count = self._count, self._count + frames
        return self._judge(_Block(mono - first / self.rate, first, self._count, mono))

    def _judge(self, block: _Block) -> list[Missing]:
        if not self._punctual or block.late <= self._base() + TOLERANCE_SECONDS:
            self._late.clear()
            self._punctual.append(block)
            while block.mono - self._punctual[0].mono > MEMORY_SECONDS:
                self._punctual.popleft()
            return []
        self._late.append(block)
        return self._declare() if self._lasted() >= PATIENCE_SECONDS else []

    def _base(self) -> float:
        """The second least: one block alone may have seemed early, and then all the others would be late."""
        return nsmallest(2, (block.late for block in self._punctual))[-1]

    def _lasted(self) -> float:
        """Of both: blocks that all come at once after a pause are many, and yet no reason."""
        first, last = self._late[0], self._late[-1]
        return min(last.mono - first.mono, (last.after - first.first) / self.rate)

    def _declare(self) -> list[Missing]:
        """Between the last that was on time and the first that is as late as the others at best; begin anew there."""
        least = min(block.late for block in self._late)
        late, before = list(self._late), self._punctual[-1]
        place = next(number for number, block in enumerate(late) if block.late <= least + TOLERANCE_SECONDS)
        start, end = self._base() + before.after / self.rate, least + late[place].first / self.rate
        found = [Missing(start, end, late[place].first - before.after)]
        self._punctual, self._late = deque(), deque()
        for block in late[place:]:
            found += self._judge(block)
        return found

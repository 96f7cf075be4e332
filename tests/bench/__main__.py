"""`python -m tests.bench [FIGURE...]`: measure, print the table; exit 1 if a limit is not kept."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping

from tests.bench import (
    buttons_again,
    buttons_gesture,
    buttons_order,
    buttons_presses,
    buttons_strangers,
    daemon,
    first_request,
    keys,
    losses,
    modem,
    offsite,
    outage,
    page,
    pin_and_store,
    polling,
    reaching,
    recording,
    slow_provider,
    upkeep,
)
from tests.bench.report import HEAD, Progress, Row, machine
from tests.bench.street import DISK

Measure = Callable[[Progress], Awaitable[list[Row]]]

FIGURES: Mapping[str, tuple[str, Measure]] = {
    "press": (pin_and_store.TITLE, pin_and_store.measure),
    "request": (first_request.TITLE, first_request.measure),
    "slow": (slow_provider.TITLE, slow_provider.measure),
    "daemon": (daemon.TITLE, daemon.measure),
    "losses": (losses.TITLE, losses.measure),
    "reach": (reaching.TITLE, reaching.measure),
    "keys": (keys.TITLE, keys.measure),
    "polling": (polling.TITLE, polling.measure),
    "outage": (outage.TITLE, outage.measure),
    "modem": (modem.TITLE, modem.measure),
    "upkeep": (upkeep.TITLE, upkeep.measure),
    "page": (page.TITLE, page.measure),
    "offsite": (offsite.TITLE, offsite.measure),
    "recording": (recording.TITLE, recording.measure),
    "order": (buttons_order.TITLE, buttons_order.measure),
    "gesture": (buttons_gesture.TITLE, buttons_gesture.measure),
    "presses": (buttons_presses.TITLE, buttons_presses.measure),
    "again": (buttons_again.TITLE, buttons_again.measure),
    "strangers": (buttons_strangers.TITLE, buttons_strangers.measure),
}
GROUPS = {
    "people": ["reach", "keys", "polling", "outage"],
    "buttons": ["order", "gesture", "presses", "again", "strangers"],
}


def main(names: list[str]) -> int:
    names = [figure for name in names for figure in GROUPS.get(name, [name])]
    if unknown := set(names) - FIGURES.keys():
        print(f"unknown: {' '.join(sorted(unknown))}; there are: {' '.join([*FIGURES, *GROUPS])}", file=sys.stderr)
        return 2
    logging.disable()  # the network's mail server has much to say
    rows = measured(names or list(FIGURES))
    print(machine(DISK), HEAD, *(row.line() for row in rows), sep="\n")
    return 0 if all(row.ok for row in rows) else 1


def measured(names: list[str]) -> list[Row]:
    progress, rows = Progress(len(names)), []
    for name in names:
        title, measure = FIGURES[name]
        progress.begin(title)
        rows += (found := asyncio.run(_run(measure, progress)))
        progress.end(found)
    return rows


async def _run(measure: Measure, progress: Progress) -> list[Row]:
    return await measure(progress)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

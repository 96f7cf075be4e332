"""The same as the benchmark of ten minutes, in seconds."""

import asyncio

import pytest

from tests.bench.outage import lived_through

SECONDS = 7.5  # a request that hangs is given up just afterwards, and tried again soon


@pytest.mark.timeout(150)
async def test_once_the_provider_is_well_again_everybody_is_told_once_and_nothing_is_left_behind() -> None:
    """It hangs; it takes what it denies; it answers nonsense. Each in a home of its own."""
    illnesses = ("silence", "error once accepted", "nonsense")
    stories = await asyncio.gather(
        *(lived_through(illness, SECONDS, short=SECONDS, haste="30") for illness in illnesses)
    )
    assert [(story.lost, story.texts) for story in stories] == [(0, [1] * 5)] * 3
    assert [(story.threads, story.connections) for story in stories] == [(0, 0)] * 3

"""Moments for pure tests: seconds after one fixed evening, on both clocks alike."""

from datetime import UTC, datetime, timedelta

from hub.model import Moment

EVENING = datetime(2026, 11, 23, 19, 14, tzinfo=UTC)


def at(seconds: float) -> Moment:
    return Moment(1000.0 + seconds, EVENING + timedelta(seconds=seconds))

"""Background work fails, is told, and is started again; it takes nobody with it."""

import asyncio
import contextlib

from hub import services
from hub.faults import Fault, Faults
from tests.moments import at


def quiet_faults() -> Faults:
    return Faults(lambda: at(0))


async def test_a_service_that_breaks_is_a_fault_and_is_started_again():
    faults, runs, third = quiet_faults(), [], asyncio.Event()

    async def work() -> None:
        runs.append(len(runs))
        if len(runs) == 3:
            third.set()
            await asyncio.Event().wait()
        raise ZeroDivisionError("on purpose")

    task = asyncio.create_task(services.keep("service:test", work, faults, (0.001, 0.002)))
    await asyncio.wait_for(third.wait(), 2)
    assert "ZeroDivisionError" in faults.why("service:test")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_service_that_runs_again_for_a_while_is_restored():
    faults, restored = quiet_faults(), asyncio.Event()
    faults.put("service:test", "it broke yesterday")
    faults.changed.append(lambda fault: restored.set() if fault.restored else None)
    task = asyncio.create_task(services.keep("service:test", asyncio.Event().wait, faults, proven_after=0.01))
    await asyncio.wait_for(restored.wait(), 2)
    task.cancel()


async def test_a_service_that_ends_was_not_meant_to():
    faults, ended = quiet_faults(), asyncio.Event()

    async def work() -> None:
        ended.set()

    task = asyncio.create_task(services.keep("service:test", work, faults, (60.0, 60.0)))
    await ended.wait()
    await asyncio.sleep(0)
    assert "service:test" in faults
    task.cancel()


async def test_a_service_cancelled_from_within_is_started_again():
    faults, runs, second = quiet_faults(), [], asyncio.Event()

    async def work() -> None:
        runs.append(len(runs))
        if len(runs) == 2:
            second.set()
            await asyncio.Event().wait()
        raise asyncio.CancelledError

    task = asyncio.create_task(services.keep("service:test", work, faults, (0.001, 0.002)))
    await asyncio.wait_for(second.wait(), 2)
    assert "service:test" in faults
    task.cancel()


def test_a_fault_is_told_once_and_once_more_when_it_is_gone():
    faults, told = quiet_faults(), []
    faults.changed.append(told.append)
    faults.put("siren", "no pin")
    faults.put("siren", "still no pin")
    assert faults.why("siren") == "still no pin"
    faults.restore("siren")
    faults.restore("siren")
    assert told == [Fault("siren", at(0)), Fault("siren", at(0), restored=at(0))]
    assert list(faults) == []


def test_whatever_a_guarded_device_raises_goes_no_further():
    faults = quiet_faults()
    with faults.guard("siren"):
        raise OSError("smoke")
    assert "smoke" in faults.why("siren")
    with faults.guard("siren"):
        pass
    assert "siren" in faults, "that nothing was raised proves nothing"


def test_what_was_wrong_before_a_restart_is_still_wrong():
    faults = quiet_faults()
    faults.load([Fault("siren", at(-60)), Fault("store", at(-60), restored=at(-30))])
    assert [fault.code for fault in faults] == ["siren"]

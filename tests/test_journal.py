"""What reaches the log says where and what kind, and quotes nothing personal."""

import subprocess
import sys

ADDRESS = "AA:BB:CC:DD:EE:01"
SAY = """
import asyncio, gc, logging
from hub import journal

listener = journal.begin()

async def fail():
    raise RuntimeError("ADDRESS")

async def main():
    task = asyncio.create_task(fail())
    await asyncio.wait({task})
    del task
    gc.collect()
    for library in ("bleak", "bleak_retry_connector", "dbus_fast"):
        logging.getLogger(f"{library}.client").error("ADDRESS")
    try:
        await fail()
    except RuntimeError as problem:
        logging.getLogger("hub").exception("one press could not be taken")
        journal.last_words(problem)
        journal.last_words(ExceptionGroup("ADDRESS", [problem]))

asyncio.run(main())
listener.stop()
""".replace("ADDRESS", ADDRESS)


def said() -> str:
    done = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, env={}, timeout=30, check=True)
    return done.stderr


def test_an_exception_is_told_by_its_kind_and_place() -> None:
    lines = said().splitlines()
    assert lines[:4] == [
        "ERROR asyncio: Task exception was never retrieved",
        "RuntimeError at <string>:8",
        "ERROR hub: one press could not be taken",
        "RuntimeError at <string>:8",
    ]
    assert lines[4:] == ["CRITICAL hub: the hub ends: RuntimeError at <string>:8"] * 2


def test_no_address_is_logged() -> None:
    assert ADDRESS not in said()

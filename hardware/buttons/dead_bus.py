"""Keeps dbus-fast from taking a file that is not its own any more.

A connection that was lost has closed its file, and the system gives the number to the next one that is opened. When
somebody writes on the lost connection all the same (bleak does, to stop a scan or to let go of a device), dbus-fast
5.2 takes that number out of the event loop: whichever connection has it now is deaf from then on, without a word.
The write that finds out puts the number into the event loop: when a thread has it by then, the next connection that
gets it cannot listen.
"""

from dbus_fast.aio.message_bus import MessageBus, _MessageWriter

_write = _MessageWriter.schedule_write
_write_on = _MessageWriter.write_callback


def _refuse_when_lost(writer: _MessageWriter, *message: object) -> None:
    bus: MessageBus = writer.bus
    if bus.unique_name and not bus.connected:
        raise ConnectionResetError("the D-Bus connection was lost")
    _write(writer, *message)  # type: ignore[arg-type]


def _leave_nothing_when_lost(writer: _MessageWriter, remove_writer: bool = True) -> None:
    """For what is left to write dbus-fast would wait; whoever waits for an answer has been told."""
    _write_on(writer, remove_writer)
    if not writer.bus.connected:
        writer.buf = None
        writer.messages.clear()


def guard() -> None:
    """From now on a lost connection refuses what is written on it, at once; before, nobody would have answered.

    This reaches into dbus-fast, because bleak makes its connections itself. A version where it has no effect fails
    tests/buttons/test_dead_bus.py.
    """
    _MessageWriter.schedule_write = _refuse_when_lost  # type: ignore[method-assign, assignment]
    _MessageWriter.write_callback = _leave_nothing_when_lost  # type: ignore[method-assign, assignment]

"""A connection to the bus that was lost harms nobody else."""

import asyncio
import os

import pytest
from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus

from hardware.buttons.dead_bus import guard

from .fakebluez import PrivateBus


async def lost_connection(bus: PrivateBus) -> tuple[MessageBus, int]:
    """And the number of the file that it had."""
    connection = await MessageBus(bus_address=bus.address, bus_type=BusType.SYSTEM).connect()
    number = connection._fd
    bus.stop()
    with pytest.raises(EOFError):
        await connection.wait_for_disconnect()
    return connection, number


def a_call() -> Message:
    return Message(destination="org.bluez", path="/", interface="a.b", member="C")


async def test_the_next_who_gets_its_file_is_left_in_peace(bus: PrivateBus) -> None:
    guard()
    connection, number = await lost_connection(bus)
    reading, writing = os.pipe()
    assert reading == number
    heard = asyncio.Event()
    asyncio.get_running_loop().add_reader(reading, heard.set)
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            await connection.call(a_call())
    os.write(writing, b"x")
    async with asyncio.timeout(1):
        await heard.wait()
    asyncio.get_running_loop().remove_reader(reading)
    for file in (reading, writing):
        os.close(file)


async def test_a_write_that_fails_waits_for_nothing_on_a_number_that_is_somebody_elses_by_then(bus: PrivateBus) -> None:
    """A thread may open a file as soon as the lost connection has closed its own."""
    guard()
    connection = await MessageBus(bus_address=bus.address, bus_type=BusType.SYSTEM).connect()
    number, opened = connection._fd, list[int]()
    connection._call(a_call(), lambda _reply, _error: opened.extend(os.pipe()))
    bus.stop()
    with pytest.raises(BrokenPipeError):
        await connection.call(a_call())
    assert opened[0] == number
    for file in opened:
        os.close(file)
    reading, writing = os.pipe()
    assert reading == number
    heard = asyncio.Event()
    asyncio.get_running_loop().add_reader(reading, heard.set)
    os.write(writing, b"x")
    async with asyncio.timeout(1):
        await heard.wait()
    asyncio.get_running_loop().remove_reader(reading)
    for file in (reading, writing):
        os.close(file)


async def test_a_connection_that_lives_is_written_on_as_before(bus: PrivateBus) -> None:
    guard()
    guard()
    connection = await MessageBus(bus_address=bus.address, bus_type=BusType.SYSTEM).connect()
    path, name = "/org/freedesktop/DBus", "org.freedesktop.DBus"
    answer = await connection.call(Message(destination=name, path=path, interface=name, member="GetId"))
    assert answer is not None
    assert len(answer.body[0]) == 32
    connection.disconnect()

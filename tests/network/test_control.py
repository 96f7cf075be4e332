"""The control socket, and the network as a process of its own."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.simulated.network import Kind, Service, Sort, TelephoneNetwork, commands
from hardware.simulated.network.commands import answer
from hardware.simulated.network.control import ControlSocket

from .conftest import ANNA, BEN, HUB, Ask, call, text

Json = dict[str, Any]


async def exchange(path: Path, *lines: bytes) -> list[Json]:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"".join(line + b"\n" for line in lines))
    answers = [json.loads(await reader.readline()) for _ in lines]
    writer.close()
    await writer.wait_closed()
    return answers


@pytest.fixture
async def socket(network: TelephoneNetwork, tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "network.sock"
    async with ControlSocket(network, path):
        yield path
    assert not path.exists()


async def test_the_telephones_are_shown_with_what_reached_them(
    network: TelephoneNetwork, ask: Ask, socket: Path
) -> None:
    network.phones.behave(ANNA, "by_hand")
    sent, made = await ask(text(body="Hé")), await ask(call(say="Hello"))
    await network.until(lambda: network.phones[ANNA].calls and network.phones[ANNA].messages)
    [shown] = await exchange(socket, b'{"command": "phones", "language": "fr"}')
    [phone] = shown["phones"]
    for item in (*phone["messages"], *phone["calls"]):
        assert item.pop("at").endswith("Z")
    assert phone == {
        "number": ANNA,
        "behaviour": "by_hand",
        "messages": [{"id": sent.sid, "from": "Hub", "text": "Hé", "segments": 1}],
        "calls": [
            {
                "id": made.sid,
                "from": HUB,
                "to": ANNA,
                "state": "ringing",
                "result": None,
                "text": "Hello",
                "language": "en-GB",
            }
        ],
    }


async def test_a_call_is_picked_up_and_ended_by_hand(network: TelephoneNetwork, ask: Ask, socket: Path) -> None:
    await exchange(socket, json.dumps({"command": "behave", "number": ANNA, "behaviour": "by_hand"}).encode())
    made = await ask(call(say="x" * 3500))
    await network.until(lambda: network.phones[ANNA].calls)
    asked = [{"command": "pick_up"}, {"command": "key", "digit": "1"}, {"command": "hang_up"}]
    lines = [json.dumps({**command, "call": made.sid}).encode() for command in asked]
    assert await exchange(socket, *lines, lines[0]) == [
        {"ok": True},
        {"ok": True},
        {"ok": True},
        {"ok": False, "error": "this call is completed, it does not ring."},
    ]
    assert network.phones.calling.accepted[made.sid].keys == "1"


async def test_a_person_writes_and_calls_back_and_the_account_runs_dry(
    network: TelephoneNetwork, ask: Ask, socket: Path
) -> None:
    asked = [
        {"command": "reply", "number": ANNA, "to": HUB, "text": "OUI"},
        {"command": "balance", "balance": "0.04"},
        {"command": "undeliverable", "number": ANNA, "code": 30005},
        {"command": "dial", "number": ANNA, "to": HUB},
    ]
    *done, dialled = await exchange(socket, *(json.dumps(command).encode() for command in asked))
    assert done == [{"ok": True}] * 3
    assert network.phones.calling.accepted[dialled["call"]].inbound
    [reply] = await ask(lambda client: client.messages.list(to=HUB))
    assert (reply.body, network.balance) == ("OUI", "0.04")
    sent = await ask(text())
    await network.until(lambda: network.phones.texting.accepted[sent.sid].error == 30005)


async def test_faults_are_set_and_cleared(network: TelephoneNetwork, socket: Path) -> None:
    fault = {"command": "fault", "service": "twilio", "kind": "slow", "seconds": 0.5, "count": 2, "only": "sms"}
    [done] = await exchange(socket, json.dumps(fault).encode())
    assert done == {"ok": True}
    met = network.faults.meet(Service.TWILIO, Sort.SMS, ANNA)
    assert met is not None
    assert (met.kind, met.seconds, met.count) == (Kind.SLOW, 0.5, 1)
    await exchange(socket, b'{"command": "clear_faults"}')
    assert network.faults.meet("twilio", "sms", ANNA) is None  # type: ignore[arg-type]


async def test_forgetting_empties_the_network(network: TelephoneNetwork, ask: Ask, socket: Path) -> None:
    await ask(text())
    assert await exchange(socket, b'{"command": "forget"}') == [{"ok": True}]
    [shown] = await exchange(socket, b'{"command": "phones"}')
    assert (shown["phones"], shown["mails"], network.requests) == ([], [], [])


@pytest.mark.parametrize(
    "request_",
    [
        {"command": "behave", "number": BEN, "behaviour": "sings"},
        {"command": "behave", "number": "Anna", "behaviour": "answers"},
        {"command": "behave", "behaviour": "answers"},
        {"command": "pick_up", "call": "CA1"},
        {"command": "dial", "number": ANNA, "to": BEN},
        {"command": "reply", "number": ANNA, "to": "Centre", "text": "OUI"},
        {"command": "balance", "balance": "much"},
        {"command": "undeliverable", "number": ANNA, "code": -1},
        {"command": "fault", "service": "fax", "kind": "hang"},
        {"command": "fault", "service": "smtp", "kind": "hang", "count": 0},
        {"command": "fault", "service": "smtp", "kind": "hang", "seconds": "long"},
        {"command": "dance"},
        [],
        None,
    ],
)
async def test_what_makes_no_sense_is_refused_with_one_sentence(socket: Path, request_: object) -> None:
    [refused] = await exchange(socket, json.dumps(request_).encode())
    assert refused["ok"] is False
    assert refused["error"].endswith(".")


SOME = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(["smtp", "hang", ANNA, "sms"])
)
KEYS = st.sampled_from(
    [
        "number",
        "to",
        "text",
        "balance",
        "code",
        "behaviour",
        "call",
        "digit",
        "service",
        "kind",
        "seconds",
        "count",
        "only",
    ]
)
COMMANDS = st.sampled_from([*commands.COMMANDS, "no"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(KEYS, SOME), COMMANDS)
async def test_any_request_has_an_answer(network: TelephoneNetwork, values: Json, command: str) -> None:
    assert isinstance(answer(network, {**values, "command": command})["ok"], bool)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.binary().filter(lambda line: b"\n" not in line))
async def test_any_line_is_answered_and_the_next_one_too(socket: Path, line: bytes) -> None:
    first, second = await exchange(socket, line, b'{"command": "phones"}')
    assert (first["ok"], second["ok"]) == (False, True)


async def test_a_line_that_is_too_long_ends_the_connection_only(socket: Path) -> None:
    reader, writer = await asyncio.open_unix_connection(socket)
    writer.write(b"x" * 200_000 + b"\n")
    assert await reader.read() == b""
    writer.close()
    assert (await exchange(socket, b'{"command": "phones"}'))[0]["ok"]


@pytest.mark.parametrize("ending", ["signal", "input"])
async def test_the_process_says_its_ports_and_ends(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "network.sock"
    command = [sys.executable, "-m", "hardware.simulated.network", "--socket", str(path)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said = json.loads(await process.stdout.readline())
    assert said["http"] > 0
    assert said["smtp"] > 0
    shown = await exchange(path, b'{"command": "phones"}')
    assert shown == [{"ok": True, "phones": [], "mails": []}]
    if ending == "signal":
        process.send_signal(signal.SIGTERM)
    else:
        process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert not path.exists()

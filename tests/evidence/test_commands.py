"""What the child understands, and what it passes over."""

import itertools
import json

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.evidence.commands import LONGEST_LINE, CommandReader, SealTo, Start, Stop, parse

START, STOP = b'{"do":"start","incident":"K7Q2M"}', b'{"do":"stop"}'


def test_commands_are_read() -> None:
    assert list(CommandReader().feed(START + b"\n" + STOP + b"\n")) == [Start("K7Q2M"), Stop()]


@given(st.lists(st.integers(0, 200)))
def test_it_does_not_matter_in_which_pieces_they_come(cuts: list[int]) -> None:
    stream = (START + b"\n" + STOP + b"\n") * 3
    edges = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    reader = CommandReader()
    pieces = (stream[a:b] for a, b in itertools.pairwise(edges))
    assert [command for piece in pieces for command in reader.feed(piece)] == [Start("K7Q2M"), Stop()] * 3


@pytest.mark.parametrize(
    ("said", "seconds"), [("60", 60.0), ("0.5", 0.5), *((one, 14400.0) for one in ("0", "-1", "1e9", "NaN", '"x"'))]
)
def test_it_is_said_how_long_it_may_last(said: str, seconds: float) -> None:
    assert parse(f'{{"do":"start","incident":"A","seconds":{said}}}'.encode()) == Start("A", None, seconds)


@given(st.binary())
def test_garbage_is_no_command(line: bytes) -> None:
    assert parse(line) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["do", "incident", "x"]), inner),
    max_leaves=5,
)


@given(json_values)
def test_what_is_no_object_of_ours_is_no_command(value: object) -> None:
    assert parse(json.dumps(value).encode()) is None


@given(st.text())
def test_a_recording_stays_in_its_folder(incident: str) -> None:
    command = parse(json.dumps({"do": "start", "incident": incident}).encode())
    assert command is None or (incident.isalnum() and incident.isascii() and len(incident) <= 32)


def test_deeply_nested_garbage_is_no_command() -> None:
    assert parse(b"[" * LONGEST_LINE) is None


def test_after_an_endless_line_the_next_command_counts() -> None:
    reader = CommandReader()
    for _ in range(10):
        assert list(reader.feed(b" " * LONGEST_LINE)) == []
    assert list(reader.feed(STOP + b"\n" + START + b"\n")) == [Start("K7Q2M")]


KEY = str(pyrage.x25519.Identity.generate().to_public())


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (None, None),
        ("age1", None),
        ([], ()),
        ([KEY], (KEY,)),
        ([KEY, "age1x", 3], (KEY,)),
        (["age1x"], None),  # those that were meant are not known
    ],
)
def test_what_is_no_key_is_left_out_and_nothing_but_wrong_ones_is_not_to_be_read_as_none(
    given: object, taken: tuple[str, ...] | None
) -> None:
    line = json.dumps({"do": "start", "incident": "K7Q2M", "recipients": given}).encode()
    assert parse(line) == Start("K7Q2M", taken)
    assert parse(line.replace(b"start", b"seal")) == (SealTo(taken) if taken else None)

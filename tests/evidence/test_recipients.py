"""Recordings are sealed to whom was chosen, also where the store cannot say who that is, and keys may come late."""

import json
import shutil
from pathlib import Path

import pyrage
import pytest

from hardware.simulated.microphone import SimulatedMicrophone
from hub.evidence.access import Access
from hub.evidence.catalogue import export
from hub.evidence.folder import events, segments
from hub.evidence.hearing import hear
from hub.evidence.recipients import NAME, keep, kept, settled
from hub.evidence.recorder import Recipients
from hub.evidence.segment import decode
from hub.evidence.spool import Begin, End, Spool
from hub.evidence.verify import verify

from .conftest import RATE, Launch, RunningChild, recording
from .test_export import CHECKING, HEARING, check
from .test_verify import at, second

Identity = pyrage.x25519.Identity
ANNA, BERT = (str(Identity.generate().to_public()) for _ in range(2))


@pytest.fixture
def secrets(evidence: Path) -> Path:
    return evidence.with_name("keys")


@pytest.mark.parametrize("keys", [(), (ANNA,), (ANNA, BERT)])
def test_what_was_kept_is_found(secrets: Path, keys: tuple[str, ...]) -> None:
    assert kept(secrets) is None
    keep(secrets, keys)
    assert kept(secrets) == keys


def test_a_file_that_is_not_whole_is_none(secrets: Path) -> None:
    keep(secrets, (ANNA, BERT))
    whole = (secrets / NAME).read_bytes()
    for size in range(len(whole) - 1):
        (secrets / NAME).write_bytes(whole[:size])
        assert kept(secrets) is None
    (secrets / NAME).write_bytes(b"\xff" + whole)
    assert kept(secrets) is None


@pytest.mark.parametrize(
    ("configured", "stored", "file", "complete", "holds"),
    [
        ((ANNA,), (BERT,), (ANNA,), True, ((BERT,), True)),
        ((ANNA,), (), (ANNA,), True, ((), True)),
        ((ANNA,), (BERT,), None, False, ((BERT,), True)),
        ((ANNA,), None, (BERT,), True, ((ANNA,), True)),
        ((), None, (BERT,), True, ((BERT,), True)),
        ((), None, None, True, ((), True)),
        ((ANNA,), None, (BERT,), False, ((BERT,), False)),
        ((ANNA,), None, None, False, ((ANNA,), False)),
    ],
)
def test_the_store_knows_best_then_the_file_then_the_configuration(
    configured: tuple[str, ...],
    stored: tuple[str, ...] | None,
    file: tuple[str, ...] | None,
    complete: bool,
    holds: tuple[tuple[str, ...], bool],
) -> None:
    assert settled(configured, stored, file, complete) == holds


async def test_the_file_is_written_when_the_keys_change_and_never_while_nobody_knows_them(secrets: Path) -> None:
    changes: list[object] = []
    recipients = Recipients(secrets, lambda: changes.append(kept(secrets)))
    for keys in (None, (ANNA,), (ANNA,), None, (ANNA, BERT)):
        await recipients.look(keys)
    assert (changes, await recipients.kept()) == ([None, (ANNA,)], (ANNA, BERT))


async def test_a_file_that_could_not_be_written_is_written_later(secrets: Path) -> None:
    recipients = Recipients(secrets, list)
    secrets.write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        await recipients.look((ANNA,))
    secrets.unlink()
    await recipients.look((ANNA,))
    assert kept(secrets) == (ANNA,)


def recipients_of(folder: Path) -> list[object]:
    return [event["recipients"] for event in events(folder) if "recipients" in event]


@pytest.mark.parametrize(
    ("said", "file", "sealed_to"),
    [
        (None, (BERT,), [BERT]),
        (None, (), []),
        (None, None, [ANNA]),
        ((), (BERT,), []),
        ((BERT,), None, [BERT]),
    ],
)
def test_the_recorder_looks_for_itself_where_the_daemon_does_not_know(
    evidence: Path, secrets: Path, said: tuple[str, ...] | None, file: tuple[str, ...] | None, sealed_to: list[str]
) -> None:
    if file is not None:
        keep(secrets, file)
    spool = Spool(evidence, 8000, secrets, (ANNA,))
    for item in (Begin("K7Q2M", at(0), said), second(0), End(at(1), "stopped")):
        spool.put(item)
    assert spool.close(10)
    folder = evidence / "K7Q2M-1"
    assert recipients_of(folder) == [sealed_to]
    assert [path.suffix for path in segments(folder).values()] == [".age" if sealed_to else ".flac"]


def test_a_recorder_that_is_told_nothing_seals_to_the_keys_of_the_file(
    launch: Launch, evidence: Path, secrets: Path
) -> None:
    keep(secrets, (ANNA,))
    child = launch()
    child.say(b'{"do":"start","incident":"K7Q2M","recipients":null}')
    child.hear(recording(segments=1))
    assert child.end() == 0
    assert {path.suffix for path in segments(evidence / "K7Q2M-1").values()} == {".age"}
    assert recipients_of(evidence / "K7Q2M-1") == [[ANNA]]


@pytest.fixture
def lawyer() -> Identity:
    return Identity.generate()


def seal(child: RunningChild, *keys: str) -> None:
    child.say(json.dumps({"do": "seal", "recipients": keys}).encode())


def all_that_was_given(seconds: int) -> bytes:
    """By the simulated microphone, from its opening on."""
    microphone = SimulatedMicrophone(RATE)
    return b"".join(microphone.block(number) for number in range(seconds * 10))


@pytest.mark.parametrize("before", [(), (BERT,)])
def test_keys_that_come_in_the_middle_seal_from_the_next_second_on_and_nothing_is_lost(
    child: RunningChild, evidence: Path, tmp_path: Path, lawyer: Identity, before: tuple[str, ...]
) -> None:
    own = Identity.generate()
    first = tuple(str(own.to_public()) for _ in before)
    child.say(json.dumps({"do": "start", "incident": "K7Q2M", "recipients": first}).encode())
    child.hear(recording(segments=2))
    seal(child, str(lawyer.to_public()))
    seal(child, str(lawyer.to_public()))
    seal(child)
    child.hear(recording(segments=5))
    assert child.end() == 0
    folder = evidence / "K7Q2M-1"
    assert verify(folder) == []
    _, sealed, end = events(folder)
    place = int(str(sealed["segments"]))
    assert (sealed["what"], sealed["recipients"]) == ("sealed", [str(lawyer.to_public())])
    assert [path.suffix for path in segments(folder).values()][:place] == [".age" if before else ".flac"] * place
    assert {path.suffix for path in list(segments(folder).values())[place:]} == {".age"}

    access, theirs = Access(evidence.with_name("keys")), tmp_path / "theirs"
    copies = tmp_path / "copies"
    copies.mkdir()
    theirs.mkdir()
    export(folder, copies, b"{}\n", access)
    key = tmp_path / "key.txt"
    key.write_text(f"{own}\n{lawyer}\n")
    code, said = check(copies / "K7Q2M-1", key, theirs, tools=CHECKING + HEARING)
    assert code == 0, said
    heard = hear(folder, tmp_path, f"{own} {lawyer}")
    samples, *_ = decode(heard.sound.read_bytes())
    assert (heard.flaws, decode((theirs / "K7Q2M-1.flac").read_bytes())[0]) == ((), samples)
    assert len(samples) // 2 == end["frames_got"]
    assert all_that_was_given(20).startswith(samples)
    shutil.rmtree(copies)


def test_what_was_sealed_before_another_key_came_opens_with_the_first_one_only(
    evidence: Path, tmp_path: Path, lawyer: Identity
) -> None:
    from hub.evidence.spool import SealedTo

    other = Identity.generate()
    spool = Spool(evidence, 8000, evidence.with_name("keys"))
    keys = [(str(one.to_public()),) for one in (lawyer, other)]
    for item in (Begin("K7Q2M", at(0), keys[0]), second(0), SealedTo(at(1), keys[1]), second(1), End(at(2), "stopped")):
        spool.put(item)
    assert spool.close(10)
    heard = hear(evidence / "K7Q2M-1", tmp_path, str(lawyer))
    assert [(flaw.code, flaw.file) for flaw in heard.flaws] == [("unplayable", "000001.age")]

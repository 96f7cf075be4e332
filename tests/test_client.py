"""The client against a real socket that answers well, badly, by halves or not at all."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.client import LONGEST_ANSWER, SENTENCES, Client, Refused, Unreachable


class Peer:
    """Whatever listens on the socket: hears one line of each caller, answers with `answer`, hangs up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.answer = b'{"ok": true}\n'
        self.hangs_up = True
        self.pause = 0.0
        self.heard: list[dict[str, object]] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._kept: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            caller, _ = self._listener.accept()
            line = caller.makefile("rb").readline()
            if not line:
                caller.close()
                return
            self.heard.append(json.loads(line))
            self._reply(caller)

    def _reply(self, caller: socket.socket) -> None:
        with suppress(OSError):  # the client may have had enough
            for block in [bytes([one]) for one in self.answer] if self.pause else [self.answer]:
                caller.sendall(block)
                time.sleep(self.pause)
        if self.hangs_up:
            caller.close()
        else:
            self._kept.append(caller)

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(str(self.path))
            last.shutdown(socket.SHUT_WR)
            self._thread.join()
        for caller in [*self._kept, self._listener]:
            caller.close()


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    peer = Peer(tmp_path / "s")
    yield peer
    peer.close()


@pytest.fixture
def ask(peer: Peer) -> Callable[..., dict[str, object]]:
    return Client(peer.path).ask


def test_an_answer_comes_back_without_its_ok(peer: Peer, ask: Callable[..., dict[str, object]]) -> None:
    peer.answer = b'{"ok": true, "ready": false}\n'
    assert ask("status") == {"ready": False}


def test_values_that_are_none_are_left_out(peer: Peer, ask: Callable[..., dict[str, object]]) -> None:
    ask("press", gesture="hold", button=None)
    assert peer.heard == [{"command": "press", "answer_in": "en", "gesture": "hold"}]


def test_a_refusal_has_its_code(peer: Peer, ask: Callable[..., dict[str, object]]) -> None:
    peer.answer = b'{"ok": false, "error": "Log in again.", "code": "log_in"}\n'
    with pytest.raises(Refused) as refused:
        ask("status")
    assert refused.value.code == "log_in"


def test_a_refusal_is_the_hubs_own_sentence(peer: Peer, ask: Callable[..., dict[str, object]]) -> None:
    peer.answer = b'{"ok": false, "error": "Cinq contacts au plus : retirez-en un."}\n'
    with pytest.raises(Refused, match=r"^Cinq contacts au plus : retirez-en un\.$"):
        ask("contact add", name="Zoé")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", "broken"),
        (b'{"ok": true', "broken"),
        (b'{"ok": true}', "broken"),
        (b"\n", "garbled"),
        (b"[]\n", "garbled"),
        (b'{"ok": "yes"}\n', "garbled"),
        (b"\xff\xfe\n", "garbled"),
        (b"[" * 200_000 + b"\n", "garbled"),
        (b'{"ok": true, "x": "' + b"x" * LONGEST_ANSWER + b'"}\n', "garbled"),
    ],
)
def test_half_and_garbled_answers_are_unreachable(
    peer: Peer, ask: Callable[..., dict[str, object]], answer: bytes, sentence: str
) -> None:
    peer.answer = answer
    with pytest.raises(Unreachable) as caught:
        ask("status")
    assert str(caught.value) == SENTENCES["en"][sentence].format(socket=peer.path)


def test_a_refusal_without_words_still_says_something(peer: Peer, ask: Callable[..., dict[str, object]]) -> None:
    peer.answer = b'{"ok": false}\n'
    with pytest.raises(Refused, match="did not say why"):
        ask("status")


def test_silence_is_given_up_after_the_timeout(peer: Peer) -> None:
    peer.answer, peer.hangs_up = b"", False
    with pytest.raises(Unreachable, match=r"did not answer within 0\.2 s"):
        Client(peer.path, timeout=0.2).ask("status")


def test_a_trickle_does_not_stretch_the_timeout(peer: Peer) -> None:
    peer.pause = 0.05
    with pytest.raises(Unreachable, match="did not answer within"):
        Client(peer.path, timeout=0.3).ask("status")


def test_nobody_at_home_says_how_to_start_the_hub(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"systemctl start hub"):
        Client(tmp_path / "none").ask("status")


def test_a_socket_whose_owner_died_says_how_to_start_the_hub(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "s"))
    with pytest.raises(Unreachable, match=r"systemctl start hub"):
        Client(tmp_path / "s").ask("status")


def test_a_path_too_long_for_a_socket_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="Nothing answers"):
        Client(tmp_path / ("s" * 200)).ask("status")


def test_a_request_that_is_too_long_never_leaves(peer: Peer, ask: Callable[..., dict[str, object]]) -> None:
    with pytest.raises(Refused, match="64 KiB"):
        ask("home set", name="x" * 65536)
    assert peer.heard == []


def test_sentences_come_in_the_clients_language(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="démarrez le boîtier"):
        Client(tmp_path / "none", language="fr").ask("status")


def test_both_languages_say_the_same_things() -> None:
    assert SENTENCES["fr"].keys() == SENTENCES["en"].keys()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_one_sentence(peer: Peer, answer: bytes) -> None:
    peer.answer = answer
    with suppress(Refused, Unreachable):
        assert isinstance(Client(peer.path).ask("status"), dict)


def test_importing_the_client_stays_light() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, hub.client; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"pydantic", "click", "asyncio", "twilio", "flask"} & set(told.stdout.split())

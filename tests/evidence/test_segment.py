"""Segments give back what was put in, or say that they cannot."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.evidence.segment import SILENCE_DB, decode, encode, level

samples = st.binary(min_size=2, max_size=4000).map(lambda data: data[: len(data) // 2 * 2])


@given(
    samples, st.sampled_from([16000, 44100, 48000]), st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1)
)
def test_a_segment_gives_back_every_sample(heard: bytes, rate: int, comment: str) -> None:
    assert decode(encode(heard, rate, comment)) == (heard, rate, comment)


WHOLE = encode(bytes(range(256)) * 64, 16000, "{}")


@given(st.integers(0, len(WHOLE) - 1))
def test_a_segment_cut_short_is_noticed(cut: int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(WHOLE[:cut])


@given(st.binary(max_size=300))
def test_garbage_is_no_segment(garbage: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(garbage)


def test_the_level_is_measured_against_full_scale() -> None:
    wave = [round(32767 * math.sin(math.tau * i / 100)) for i in range(1000)]
    assert level(struct.pack("<1000h", *wave)) == pytest.approx(-3.0, abs=0.05)
    assert level(bytes(200)) == level(b"") == SILENCE_DB

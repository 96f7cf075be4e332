"""How many SMS a text takes, against an independent implementation."""

import pytest
import smsutil
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.simulated.network.segments import segments

GSM = st.text(alphabet="abcéèàùÉ €[]{}~|^\\'\"@£$\n0123456789", max_size=700)


@given(st.one_of(GSM, st.text(max_size=300)))
@example("é" * 160)
@example("€" * 81)
@example("a" * 152 + "€" * 80)
@example("ê" * 71)
@example("😀" * 40)
def test_the_count_agrees_with_smsutil(text: str) -> None:
    assert segments(text) == max(1, len(smsutil.split(text).parts))


LIMITS = [("", 1), ("à" * 160, 1), ("à" * 161, 2), ("à" * 306, 2), ("à" * 307, 3)]
WIDE = [("ç" * 70, 1), ("ç" * 71, 2), ("ç" * 134, 2), ("ç" * 135, 3)]


@pytest.mark.parametrize(("text", "count"), LIMITS + WIDE)
def test_the_usual_limits_hold(text: str, count: int) -> None:
    assert segments(text) == count

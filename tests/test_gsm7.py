"""GSM-7 text, with smsutil as the oracle."""

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from hub.gsm7 import segments, transliterate, units

texts = st.text(max_size=400)
gsm7_texts = st.text("aé€[]{}~ \n'à0", max_size=700)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Forêt, ça, cœur, Noël, île", "Foret, ca, coeur, Noel, ile"),
        ("é è à ù É Ç ä ö ü ñ", "é è à ù É Ç ä ö ü ñ"),
        ("« L’œil »", '" L\'oeil "'),
        ("Saint‑Ouen – n° 12 bis…", "Saint-Ouen - no 12 bis..."),
        ("12\u00a0rue\u202fdes Lilas", "12 rue des Lilas"),
        ("À Ô Ê", "A O E"),
        ("e\u0301", "é"),
        ("Łódź ½ 日本 👩‍🚒", "Lodz 1?2 ?? ??"),
        ("5 € [a]", "5 € [a]"),
    ],
)
def test_a_text_stays_as_near_as_gsm7_can_say_it(written: str, sent: str) -> None:
    assert transliterate(written) == sent


@given(texts)
def test_a_transliterated_text_never_needs_ucs2(text: str) -> None:
    assert smsutil.is_valid_gsm(transliterate(text) + "a")  # it calls an empty text invalid


@given(texts)
def test_transliterating_twice_changes_nothing_more(text: str) -> None:
    assert transliterate(transliterate(text)) == transliterate(text)


@given(gsm7_texts)
def test_a_text_that_fits_the_alphabet_is_left_alone(text: str) -> None:
    assert transliterate(text) == text


@given(gsm7_texts)
def test_segments_are_counted_as_smsutil_splits_them(text: str) -> None:
    assert segments(text) == max(1, len(smsutil.split(text).parts))


@pytest.mark.parametrize(("text", "cost", "parts"), [("a" * 160, 160, 1), ("a" * 159 + "€", 161, 2), ("", 0, 1)])
def test_an_extended_character_costs_two(text: str, cost: int, parts: int) -> None:
    assert (units(text), segments(text)) == (cost, parts)


def test_an_extended_character_is_not_cut_in_two() -> None:
    assert segments("a" * 152 + "€" + "a" * 151) == 2
    assert segments("a" * 152 + "€" + "a" * 152) == 3

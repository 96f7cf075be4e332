"""Numbers and addresses as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Refusal
from hub.numbers import EMERGENCY, email, phone, refuse_emergency

SEPARATORS = ["", " ", "-", ".", "/", "\u00a0", "\u202f", "\u2011", "(", ")", "\u200b", ", "]
PREFIXES = [
    "",
    "+",
    "++",
    "00",
    "0033",
    "+33",
    "++33 (0)",
    "+33 0",
    "33",
    "0",
    "011 33",
    "tel:",
    "tel:+33",
    "#31#",
    "*31#",
]
DIGITS = [
    "0123456789",
    "０１２３４５６７８９",
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "०१२३४५६७८९",
    "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
]


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """An emergency number as someone in a hurry, or someone who means harm, could write it."""
    script = draw(st.sampled_from(DIGITS))
    number = draw(st.sampled_from(sorted(EMERGENCY)))
    separators = draw(st.lists(st.sampled_from(SEPARATORS), min_size=len(number), max_size=len(number)))
    spelled = "".join(separator + script[int(digit)] for separator, digit in zip(separators, number, strict=True))
    return draw(st.sampled_from(PREFIXES)) + spelled + draw(st.sampled_from(SEPARATORS))


def key(text: str) -> str:
    with pytest.raises(Refusal) as refused:
        phone(text)
    return refused.value.key


@given(spellings())
def test_no_spelling_of_an_emergency_number_gets_through(text: str) -> None:
    assert key(text) == "emergency_number"


@pytest.mark.parametrize(
    "text",
    [
        "112",
        "+33112",
        "+44 112",
        "0044 17",
        "+1 (0)112",
        "0033 17",
        "1 1 2",
        "1-1-2",
        "++33 (0)17",
        "１１２",
        "١١٢",
        "tel:112",
    ],
)
def test_the_emergency_numbers_people_think_of_first_are_refused(text: str) -> None:
    assert key(text) == "emergency_number"


@pytest.mark.parametrize("text", ["+44 112", "112 ext 5", "112;ext=9", "tel:112;phone-context=+33", "116 117"])
def test_dressing_an_emergency_number_up_does_not_help(text: str) -> None:
    assert key(text) == "emergency_number"


@given(st.text("0123456789+ ()-.٣", max_size=16))
def test_what_is_accepted_is_a_whole_number_that_is_accepted_again(text: str) -> None:
    try:
        number = phone(text)
    except Refusal:
        return
    assert number.startswith("+")
    assert len(number) >= 8
    refuse_emergency(number)
    assert phone(number) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("+33 (0)6.12.34.56.78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("tel:+33612345678", "+33612345678"),
        ("02 98 12 34 56", "+33298123456"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+1 202 555 0112", "+12025550112"),
        ("01 12 15 17 18", "+33112151718"),
    ],
)
def test_a_number_may_be_written_as_people_write_it(text: str, number: str) -> None:
    assert phone(text) == number


@pytest.mark.parametrize(
    "text", ["", "Anna", "0612", "3919", "0891 23 45 67", "0800 123 456", "+33 6", "+999 123456789"]
)
def test_what_cannot_be_a_contacts_telephone_is_refused(text: str) -> None:
    assert key(text) == "invalid_number"


@pytest.mark.parametrize("text", ["anna@exemple.fr", " a.b+hub@mail.example.org ", "x@y.museum"])
def test_an_email_address_is_taken_without_the_spaces_around_it(text: str) -> None:
    assert email(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "anna@",
        "@exemple.fr",
        "anna@exemple",
        "a b@exemple.fr",
        "a..b@exemple.fr",
        "a@-x.fr",
        "a@b.c",
        "anna@exemple.fr\nBcc: x@y.fr",
        "<anna@exemple.fr>",
        "a@b.fr,c@d.fr",
        "é@exemple.fr",
        "a" * 65 + "@exemple.fr",
    ],
)
def test_what_is_no_email_address_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="invalid_email"):
        email(text)


def test_a_very_long_text_is_refused_without_delay() -> None:
    assert key("0" * 60_000 + "9") == "invalid_number"


@given(spellings())
def test_the_last_look_before_a_send_refuses_the_same_spellings(text: str) -> None:
    with pytest.raises(Refusal, match="emergency_number"):
        refuse_emergency(text)


@pytest.mark.parametrize("number", sorted(EMERGENCY))
@pytest.mark.parametrize("country", ["+44 ", "0044 (0)", "+1", "++352"])
def test_an_emergency_number_of_another_country_is_refused_too(number: str, country: str) -> None:
    with pytest.raises(Refusal, match="emergency_number"):
        refuse_emergency(country + number)

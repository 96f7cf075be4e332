"""The table of protocols: every one the hub knows has its line, and strangers are recognised by it."""

import pytest

from hardware.buttons.adverts.advert import Advert
from hardware.buttons.adverts.bthome_button import BthomeButton
from hardware.buttons.adverts.ear import NoEar
from hardware.buttons.adverts.learned import LearnedButton
from hardware.buttons.protocols import PROTOCOLS, driver, ear, recognise
from hub import pairing
from hub.model import Button
from hub.profile import Meaning, Rule

from .fakebluez.frames import ENCRYPTED, PRESS, UUID, plain

ADDRESS = "C0:00:00:00:00:01"
FFE0 = "0000ffe0-0000-1000-8000-00805f9b34fb"
ADVERT_RULE, LINK_RULE = Rule("maker:0ba9", Meaning.CLICK), Rule("char:a/b", Meaning.CLICK)


def test_the_hub_offers_what_there_is() -> None:
    assert set(pairing.PROTOCOLS) == set(PROTOCOLS)


@pytest.mark.parametrize(
    ("protocol", "rules", "kind", "linked"),
    [
        ("bthome", (), BthomeButton, False),
        ("itag", (), NoEar, True),
        ("learned", (ADVERT_RULE,), LearnedButton, False),
        ("learned", (LINK_RULE,), LearnedButton, True),
        ("of a newer hub", (), NoEar, False),
    ],
)
def test_what_hears_a_button_and_whether_it_is_connected(
    protocol: str, rules: tuple[Rule, ...], kind: type, linked: bool
) -> None:
    button = Button("b1", ADDRESS, protocol=protocol, rules=rules)
    assert (type(ear(button)), driver(button) is not None) == (kind, linked)


@pytest.mark.parametrize(
    ("advert", "protocol"),
    [
        (Advert(ADDRESS, 0.0, service_data=plain(1, PRESS)), "bthome"),
        (Advert(ADDRESS, 0.0, service_data=ENCRYPTED), "bthome"),
        (Advert(ADDRESS, 0.0, service_data={UUID: b"\x24\x3a\x01"}), "unknown"),
        (Advert(ADDRESS, 0.0, service_data={UUID: b""}), "unknown"),
        (Advert(ADDRESS, 0.0, name="iTAG"), "itag"),
        (Advert(ADDRESS, 0.0, name="ITag  "), "itag"),
        (Advert(ADDRESS, 0.0, services=("0000180f-0000-1000-8000-00805f9b34fb", FFE0)), "itag"),
        (Advert(ADDRESS, 0.0, name="A phone", maker={76: b"\x10\x05"}), "unknown"),
        (Advert(ADDRESS, 0.0), "unknown"),
    ],
)
def test_a_stranger_is_recognised_by_what_it_shows(advert: Advert, protocol: str) -> None:
    assert recognise(advert) == protocol

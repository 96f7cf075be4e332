"""The drawing of the wiring says what the configuration beside it says, and its two ways of counting pins agree.

Judged by what gpiozero knows of a Raspberry Pi 4.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from gpiozero.pins.pi import PiBoardInfo

from hub.config.sections import Config

DOCS = Path(__file__).parent.parent / "docs"
SVG = "{http://www.w3.org/2000/svg}"
HEADER = PiBoardInfo.from_revision(0xC03111).headers["J8"]  # a Pi 4B
DRAWING = ElementTree.parse(DOCS / "wiring.svg").getroot()
TEXTS = ["".join(text.itertext()) for text in DRAWING.iter(f"{SVG}text")]
LABELS = dict(reversed(text.split(" · pin ")) for text in TEXTS if re.search(r" · pin \d+$", text))


@pytest.fixture(name="example")
def configuration_of_the_example() -> Config:
    (written,) = re.findall(r"```toml\n(.*?)```", (DOCS / "hardware.md").read_text(), re.DOTALL)
    return Config.model_validate(tomllib.loads(written))


def drawn(tag: str) -> Iterator[tuple[int, ElementTree.Element]]:
    for shape in DRAWING.iter(SVG + tag):
        if number := shape.get("data-pin"):
            yield int(number), shape


@pytest.mark.parametrize("number", LABELS)
def test_both_ways_of_counting_name_the_same_pin(number):
    assert HEADER.pins[int(number)].name == LABELS[number].replace(" ", "")


def test_the_pins_are_those_of_the_example(example):
    pins = [example.siren.pin, example.page.pin, example.power.pin]
    named = [int(name.removeprefix("GPIO")) for name in LABELS.values() if name.startswith("GPIO")]
    assert sorted(named) == sorted(pins)
    assert example.power.device == example.siren.device == "gpio"


def test_what_the_hub_uses_by_itself_is_what_is_drawn(example):
    usual = Config()
    assert (example.siren, example.power.pin) == (usual.siren, usual.power.pin)


def test_a_wire_begins_at_its_pin_and_has_its_label():
    places = {number: f"M{pin.get('cx')} {pin.get('cy')} " for number, pin in drawn("circle")}
    wires = dict(drawn("path"))
    assert {str(number) for number in wires} == LABELS.keys()
    for number, wire in wires.items():
        assert wire.get("d", "").startswith(places[number])


def test_the_header_has_every_pin_in_its_place():
    places = {number: (int(pin.get("cx", "")), int(pin.get("cy", ""))) for number, pin in drawn("circle")}
    columns, rows = (sorted({place[axis] for place in places.values()}) for axis in (0, 1))
    assert places == {n: (columns[pin.col - 1], rows[pin.row - 1]) for n, pin in HEADER.pins.items()}


def test_the_drawing_speaks_to_who_cannot_see_it():
    assert DRAWING.get("role") == "img"
    named = {shape.get("id"): shape.text for shape in DRAWING if shape.tag in (f"{SVG}title", f"{SVG}desc")}
    assert all(named[id] for id in DRAWING.get("aria-labelledby", "").split())
    sizes = [DRAWING.get("font-size", ""), *re.findall(r"font-size:(\d+)px", "".join(DRAWING.itertext()))]
    assert min(map(int, sizes)) >= 12
    for number, name in LABELS.items():
        assert re.search(rf"[Pp]in {number} \({name}\)", named["desc"] or "")

"""Where a cell is, asked of a real server on loopback."""

from collections.abc import AsyncIterator

import pytest

from hub import cells
from hub.cells import Cells
from hub.core import clock
from hub.model import Cell, Source
from tests.masts import Masts

HERE = Cell("LTE", 208, 15, 0x1234, 0x01A2B3C4)


@pytest.fixture
async def masts() -> AsyncIterator[Masts]:
    async with Masts() as masts:
        masts.cells[HERE.id] = (47.9712, -4.1635, 1400.0)
        yield masts


@pytest.fixture
def service(masts: Masts) -> Cells:
    return Cells(masts.url, clock)


async def test_a_cell_is_found_with_the_radius_that_the_service_gives(service: Cells):
    found = await service.find(HERE)
    assert found is not None
    assert (found.latitude, found.longitude, found.radius, found.source) == (47.9712, -4.1635, 1400.0, Source.CELL)


async def test_the_service_is_told_the_cell_and_is_not_to_guess_from_the_homes_address(service: Cells, masts: Masts):
    await service.find(HERE)
    assert masts.asked == [
        {
            "cellTowers": [
                {
                    "radioType": "lte",
                    "mobileCountryCode": 208,
                    "mobileNetworkCode": 15,
                    "locationAreaCode": 0x1234,
                    "cellId": 0x01A2B3C4,
                }
            ],
            "considerIp": False,
            "fallbacks": {"ipf": False},
        }
    ]


async def test_a_cell_is_asked_for_once_and_is_where_the_hub_is_as_long_as_it_uses_it(service: Cells, masts: Masts):
    first, second = await service.find(HERE), await service.find(HERE)
    assert first is not None
    assert second is not None
    assert second.at.mono > first.at.mono
    assert len(masts.asked) == 1


async def test_what_was_found_is_forgotten_when_it_is_over(service: Cells, masts: Masts):
    await service.find(HERE)
    service.forget()
    await service.find(HERE)
    assert len(masts.asked) == 2


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "<html>",
        "[]",
        "null",
        '{"location": null, "accuracy": 1}',
        '{"location": {"lat": NaN, "lng": 0}, "accuracy": 1}',
        '{"location": {"lat": 1, "lng": 2}}',
        '{"location": {"lat": 1, "lng": 2}, "accuracy": 1e999}',
        '{"location": {"lat": 1, "lng": "x"}, "accuracy": 1}',
    ],
)
async def test_what_is_no_position_is_none_and_not_asked_for_again_at_once(
    service: Cells, masts: Masts, nonsense: str, monkeypatch: pytest.MonkeyPatch
):
    masts.instead = nonsense
    assert await service.find(HERE) is None
    masts.instead = None
    assert await service.find(HERE) is None
    assert len(masts.asked) == 1
    monkeypatch.setattr(cells, "AGAIN", 0.0)
    assert await service.find(HERE) is not None


async def test_an_unknown_cell_a_service_that_hangs_and_one_that_is_gone_are_none(
    masts: Masts, service: Cells, monkeypatch: pytest.MonkeyPatch
):
    assert await service.find(Cell("3G", 208, 15, 1, 2)) is None
    assert await Cells("http://127.0.0.1:9/v1/geolocate", clock).find(HERE) is None
    monkeypatch.setattr(cells, "GIVEN_UP", 0.2)
    masts.hangs = True
    assert await service.find(HERE) is None

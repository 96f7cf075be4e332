"""Commands that find buttons, make them this home's, and say how they are."""

import asyncio
from time import monotonic

from hub import pairing
from hub.check import fault_sentence
from hub.control import requests as ask
from hub.control.settings import response_rows, saved
from hub.core import Hub
from hub.errors import DeviceError, Refusal
from hub.gesture import Timing
from hub.model import Button
from hub.ports import Sighting
from hub.watch import View

Json = dict[str, object]
CONFIRM_PATIENCE = 4.0  # s; inside the control socket's five


async def buttons(hub: Hub, request: ask.Nothing) -> Json:
    return {"buttons": [_button(hub, view, request.answer_in) for view in hub.watch.views()]}


async def scan(hub: Hub, request: ask.Scan) -> Json:
    """What was just pressed, not the neighbours' life; unless what lies near is asked for."""
    now = monotonic()
    return {
        "heard": [
            {
                "address": heard.address,
                "name": heard.name,
                "protocol": heard.protocol,
                "rssi": heard.rssi,
                "seconds_ago": _ago(now, heard.heard_at),
                "battery": heard.battery,
            }
            for heard in hub.devices.buttons.recent(near=request.near)
        ]
    }


async def add(hub: Hub, request: ask.NewButton) -> Json:
    _check_key(hub, pairing.address(request.address), request.key, request.protocol)
    button = hub.household.add_button(
        request.address,
        request.name,
        request.protocol,
        request.worn,
        key=request.key,
        timing=_timing(Timing(), request),
        feedback=request.feedback,
        actions=request.response,
    )
    return await in_force(hub, button, request.answer_in)


async def change(hub: Hub, request: ask.ButtonChanges) -> Json:
    button = _known(hub, request.id)
    _check_key(hub, button.address, request.key or "", button.protocol)
    button = hub.household.change_button(
        button.id,
        name=request.name,
        worn=request.worn,
        key=request.key,
        timing=_timing(button.timing, request),
        feedback=request.feedback,
    )
    return await in_force(hub, button, request.answer_in)


async def remove(hub: Hub, request: ask.One) -> Json:
    button = hub.household.remove_button(request.id)
    hub.watch.look(monotonic())  # its faults go with it
    return await in_force(hub, button, request.answer_in)


async def feedback(hub: Hub, request: ask.One) -> Json:
    """Show it now, so that she knows it when it comes. Whether it is switched on does not matter."""
    button = _known(hub, request.id)
    try:
        async with asyncio.timeout(CONFIRM_PATIENCE):
            await hub.devices.buttons.confirm(button.address)
    except (DeviceError, TimeoutError):
        raise Refusal("cannot_confirm", name=button.name or button.id) from None
    return {}


def _known(hub: Hub, id: str) -> Button:
    if id not in hub.household.buttons:
        raise Refusal("unknown_button", id=id)
    return hub.household.buttons[id]


def _check_key(hub: Hub, address: str, key: str, protocol: str) -> None:
    """A key that does not open what the button sent would make it silent for ever. Raises Refusal."""
    digits = pairing.key(key, protocol)
    if digits and hub.devices.buttons.fits(address, digits) is False:
        raise Refusal("key_does_not_fit")


def _timing(current: Timing, request: ask.Timed) -> Timing:
    hold_after = current.hold_after if request.hold_after is None else request.hold_after
    return pairing.timing(hold_after, current.pause if request.pause is None else request.pause)


async def in_force(hub: Hub, button: Button, language: str) -> Json:
    hub.watch_buttons()
    await saved(hub)
    return {"button": _button(hub, hub.watch.view(button), language)}


def _button(hub: Hub, view: View, language: str) -> Json:
    """Never its key. What shows presence is of this moment and in memory only."""
    button, judgement = view.button, view.judgement
    return {
        "id": button.id,
        "address": button.address,
        "name": button.name,
        "protocol": button.protocol,
        "encrypted": button.key is not None,
        "worn": button.worn,
        "feedback": button.feedback,
        "hold_after": button.timing.hold_after,
        "pause": button.timing.pause,
        **_heard(view.sighting),
        "supervision": judgement.way,
        "period": judgement.period,
        "state": judgement.state,
        "notices": [fault_sentence(hub, code, language) for code in view.remarks],
        "response": response_rows(hub.household.response_of(button.address)) if button.actions else None,
    }


def _heard(sighting: Sighting | None) -> Json:
    if sighting is None:
        return dict.fromkeys(("last_seen", "last_press", "rssi", "battery"))
    now = monotonic()
    return {
        "last_seen": _ago(now, sighting.at),
        "last_press": _ago(now, sighting.pressed_at),
        "rssi": sighting.rssi,
        "battery": sighting.battery,
    }


def _ago(now: float, at: float | None) -> float | None:
    return None if at is None else max(0.0, round(now - at, 1))

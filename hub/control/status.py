"""What the hub says of itself."""

from collections.abc import Mapping
from importlib import metadata

from hub import connections, doctor, safekeeping
from hub.check import fault_sentence
from hub.control import feigning, history, reopening
from hub.control import requests as ask
from hub.core import Hub
from hub.faults import Fault
from hub.reasons import reason
from hub.response import Action
from hub.store import iso
from hub.watch import View

Json = dict[str, object]
VERSION = metadata.version("home-safety-hub")  # asked at the start: it is on the disk
PATHS = {"twilio": (Action.SMS, Action.CALL), "smtp": (Action.EMAIL,)}


async def status(hub: Hub, request: ask.Nothing) -> Json:
    views = hub.watch.views()
    opened, recorded = await _open(hub, threat=request.login.threat)
    hidden = feigning.hidden(hub, threat=request.login.threat)
    return {
        "ready": ready(hub),
        "box": hub.household.box,
        "version": VERSION,
        "devices": devices(hub, hidden),
        "paths": paths(hub),
        "modem": modem(hub, request.answer_in),
        "heartbeat": heartbeat(hub),
        "faults": [_fault(hub, fault, request.answer_in) for fault in hub.faults if fault.code not in hidden],
        "warnings": [_warning(hub, code, request.answer_in) for view in views for code in view.warnings],
        "unfinished": [check.as_json(hub, request.answer_in)["sentence"] for check in safekeeping.unfinished(hub)],
        "buttons": [_button(view) for view in views],
        "open_incident": opened,
        "recording": recorded,
        "home": {"name": hub.household.home.name, "language": hub.household.home.language},
    }


async def _open(hub: Hub, *, threat: bool) -> tuple[str | None, Json | None]:
    """Its id, and what is recorded. `threat`: nothing that whoever looks must believe to be over."""
    current = hub.alerting.incident
    if current is None or not threat or current.id not in hub.gate.feigned:
        return (current.id if current else None), recording(hub)
    seen = await history.one_as_seen(hub, current.id)
    if seen["ended_at"] is not None:
        return None, None
    return current.id, recording(hub) if reopening.records(hub, seen["events"]) else None


async def examine(hub: Hub, request: ask.Nothing) -> Json:
    hidden = feigning.hidden(hub, threat=request.login.threat)
    checks = feigning.unsuspicious(await doctor.examine(hub), hidden)
    return {"checks": [check.as_json(hub, request.answer_in) for check in checks]}


def ready(hub: Hub) -> bool:
    """A press would be heard, and somebody told."""
    return hub.devices.buttons.listening and bool(hub.household.contacts) and bool(hub.channels)


def devices(hub: Hub, hidden: frozenset[str]) -> list[Json]:
    """`hidden`: faults that are not to be seen."""
    kinds = hub.config.devices
    names = ["buttons", "siren", "microphone", "modem"]
    rows = [_device(hub, name, kinds[name], _works(hub, name)) for name in names]
    rows = [{**row, "ok": True, "detail": ""} if row["name"] in hidden else row for row in rows]
    return [*rows, _power(hub), _device(hub, "store", "sqlite", "store" not in hub.faults)]


def _works(hub: Hub, name: str) -> bool:
    if name == "modem":
        return hub.sim is not None and hub.sim.well
    return name not in hub.faults and (name != "buttons" or hub.devices.buttons.listening)


def _device(hub: Hub, name: str, device: str, ok: bool) -> Json:
    why = hub.devices.modem.view.trouble if name == "modem" and hub.devices.modem else hub.faults.why(name)
    return {"name": name, "device": device, "ok": ok, "detail": why}


def _power(hub: Hub) -> Json:
    """The supply, and with it whether there is mains."""
    device, fault = hub.config.power.device, "power" if "power" in hub.faults else "mains"
    ok = device != "none" and fault not in hub.faults
    return {"name": "power", "device": device, "ok": ok, "detail": hub.faults.why(fault)}


def paths(hub: Hub) -> list[Json]:
    """`ok` is None for a path that is not configured."""
    rows: list[Json] = []
    for path, actions in PATHS.items():
        configured = any(action in hub.channels for action in actions)
        ok = (path not in hub.faults) if configured else None
        rows.append({"name": path, "ok": ok, "detail": hub.faults.why(path)})
    internet = None if hub.probe is None else "internet" not in hub.faults
    rows.append({"name": "internet", "ok": internet, "detail": hub.faults.why("internet")})
    rows += connections.rows(hub)
    modem = None if hub.sim is None else hub.sim.well and "sim" not in hub.faults
    return [*rows, {"name": "modem", "ok": modem, "detail": _seen(hub)}]


def _seen(hub: Hub) -> str:
    """Such as "Orange F, LTE, 62 %", or what is wrong with it."""
    if hub.devices.modem is None:
        return ""
    view = hub.devices.modem.view
    signal = "" if view.signal is None else f"{view.signal} %"
    return view.trouble or ", ".join(filter(None, (view.operator, view.technology, signal)))


def modem(hub: Hub, language: str) -> Json | None:
    """What ModemView says; `sim`: there is one, unlocked; `sentence`: what is wrong and what to do, or ""."""
    if hub.devices.modem is None:
        return None
    view = hub.devices.modem.view
    return {
        "present": view.present,
        "sim": view.unlocked,
        "registered": view.registered,
        "operator": view.operator,
        "technology": view.technology,
        "signal": view.signal,
        "answering": view.answering,
        "trouble": view.trouble,
        "sentence": reason(language, view.trouble or view.limited),
    }


def heartbeat(hub: Hub) -> Json:
    """`ok` is None when nobody outside is told, or was not yet; `last`: when a ping got through, since the start."""
    last = hub.heartbeat and hub.heartbeat.last
    failing = "heartbeat" in hub.faults
    ok = not failing if last or failing else None
    return {"ok": ok, "last": iso(last.utc) if last else None, "detail": hub.faults.why("heartbeat")}


def recording(hub: Hub) -> Json | None:
    latest: Mapping[str, object] = hub.recorder.latest
    if latest.get("state") != "recording":
        return None
    return {"incident": latest.get("incident"), "level": latest.get("level")}


def _button(view: View) -> Json:
    """Whether it would be heard, and nothing of when she was here: the page shows this to whoever opens it."""
    return {
        "id": view.button.id,
        "name": view.button.name,
        "state": view.judgement.state,
        "supervision": view.judgement.way,
        "battery": view.sighting and view.sighting.battery,
    }


def _warning(hub: Hub, code: str, language: str) -> Json:
    return {"code": code, "sentence": fault_sentence(hub, code, language)}


def _fault(hub: Hub, fault: Fault, language: str) -> Json:
    return {
        "code": fault.code,
        "since": iso(fault.since.utc),
        "sentence": fault_sentence(hub, fault.code, language),
    }

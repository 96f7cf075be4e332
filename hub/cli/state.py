"""`hub status` and `hub doctor`: what works, what does not, and what would keep an alert from going out."""

from typing import Any

import click

from hub.cli.buttons import life
from hub.cli.desk import REFUSED, Desk, as_json, end, local, pass_desk, print_json

MARKS = {True: "✓", False: "✗", None: "-"}


@click.command()
@as_json
@pass_desk
def status(desk: Desk, as_json: bool) -> None:
    """Show devices, paths, faults, and whether an incident is open."""
    facts = desk.ask("status")
    if as_json:
        print_json(facts)
        return
    desk.say("ready" if facts["ready"] else "not_ready")
    if facts.get("open_incident"):
        desk.say("open_incident", id=facts["open_incident"])
    click.echo()
    desk.table("device_columns", [_device(one) for one in facts["devices"]])
    click.echo()
    desk.table("path_columns", [_part(one) for one in [*facts["paths"], *_heartbeat(facts)]])
    _modem(desk, facts.get("modem"))
    _buttons(desk, facts.get("buttons", []))
    _faults(desk, facts["faults"])
    for warning in facts.get("warnings", []):
        click.echo(f"! {warning['sentence']}")


def _device(device: dict[str, Any]) -> tuple[str, ...]:
    """A device that the configuration leaves out is neither good nor bad."""
    driver = device.get("device", "")
    return (*_part(device | {"ok": None} if driver == "none" else device), driver)


def _part(part: dict[str, Any]) -> tuple[str, str, str]:
    said = [part.get("detail"), local(part["since"]) if part.get("since") else ""]
    return MARKS[part["ok"]], part["name"], " · ".join(filter(None, said)) or "-"


def _heartbeat(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """With the time of the last ping that got through."""
    beat = facts.get("heartbeat")
    if not beat:
        return []
    return [beat | {"name": "heartbeat", "since": beat["last"]}]


def _modem(desk: Desk, modem: dict[str, Any] | None) -> None:
    if modem is None:
        return
    network = ", ".join(filter(None, (modem["operator"], modem["technology"])))
    signal = "-" if modem["signal"] is None else f"{modem['signal']} %"
    marks = [MARKS[modem[fact]] for fact in ("present", "answering", "sim", "registered")]
    click.echo()
    desk.table("modem_columns", [(*marks, network or "-", signal)])
    if modem["sentence"]:
        click.echo(f"! {modem['sentence']}")


def _buttons(desk: Desk, buttons: list[dict[str, Any]]) -> None:
    if buttons:
        click.echo()
        desk.table("life_columns", [(one["id"], one["name"] or "-", *life(desk, one)) for one in buttons])


def _faults(desk: Desk, faults: list[dict[str, Any]]) -> None:
    click.echo()
    if faults:
        desk.table("fault_columns", [(local(one["since"]), one["sentence"]) for one in faults])
    else:
        desk.say("no_faults")


@click.command()
@pass_desk
def doctor(desk: Desk) -> None:
    """Check everything a technician should know before leaving the home."""
    checks = desk.ask("doctor")["checks"]
    for check in checks:
        click.echo(f"{_mark(check)} {check['sentence']}")
    blocking = sum(check["blocking"] and not check["ok"] for check in checks)
    if blocking:
        end(REFUSED, desk.word("doctor_blocked", count=blocking))
    desk.say("doctor_passed")


def _mark(check: dict[str, Any]) -> str:
    if check["ok"]:
        return "✓"
    return "✗" if check["blocking"] else "!"

"""`hub press`, `hub drill`, `hub incidents`, `hub incident`, `hub resolve`: from a press to its end."""

from typing import Any

import click

from hub.cli.desk import Desk, as_json, local, pass_desk, print_json

_gesture = click.argument("gesture", type=click.Choice(["single", "double", "hold"]))


@click.command()
@_gesture
@click.option("--button", metavar="ID", help="As if this button had been pressed.")
@pass_desk
def press(desk: Desk, gesture: str, button: str | None) -> None:
    """Do what a press of the button would do, for real."""
    _report(desk, "pressed", desk.ask("press", gesture=gesture, button=button))


@click.command()
@_gesture
@click.option("--siren", is_flag=True, help="Sound the siren too, where this gesture has it.")
@click.option("--modem", is_flag=True, help="Send the SMS by the hub's own SIM, one each ten seconds.")
@click.option("--contact", metavar="ID", help="Tell this contact alone.")
@click.option("--channel", type=click.Choice(["sms", "call", "email"]), help="In this way alone.")
@pass_desk
def drill(desk: Desk, gesture: str, siren: bool, modem: bool, contact: str | None, channel: str | None) -> None:
    """Do an exercise: every text says so, nothing is recorded."""
    asked = {"siren": siren or None, "modem": modem or None, "contact": contact, "channel": channel}
    answer = desk.ask("drill", gesture=gesture, **asked)
    _report(desk, "drilled", answer)
    _untried(answer)


@click.command()
@click.argument("id")
@click.option("--kind", required=True, type=click.Choice(["real", "false_alarm", "test"]))
@pass_desk
def resolve(desk: Desk, id: str, kind: str) -> None:
    """End the incident ID; the contacts get an all-clear."""
    _report(desk, "ended", desk.ask("resolve", id=id, kind=kind))


def _report(desk: Desk, key: str, answer: dict[str, Any]) -> None:
    incident = answer["incident"]
    desk.say(
        key,
        id=incident["id"],
        level=desk.word(f"level_{incident['level']}"),
        state=desk.word(f"state_{incident['state']}"),
    )


def _untried(drill: dict[str, Any]) -> None:
    """What an exercise has proved nothing of."""
    for path in drill.get("untried", []):
        click.echo(f"! {path['sentence']}")


@click.command()
@as_json
@pass_desk
def incidents(desk: Desk, as_json: bool) -> None:
    """List the incidents, newest first."""
    known = desk.ask("incidents")["incidents"]
    if as_json:
        print_json(known)
    elif not known:
        desk.say("no_incidents")
    else:
        desk.table("incident_columns", [_row(desk, incident) for incident in known])


def _row(desk: Desk, incident: dict[str, Any]) -> list[str]:
    kind = f"kind_{incident['kind']}" if incident.get("kind") else "none"
    return [
        incident["id"],
        desk.word(f"level_{incident['level']}") + (desk.word("drill_mark") if incident["drill"] else ""),
        desk.word(f"state_{incident['state']}"),
        desk.word(kind),
        local(incident["opened_at"]),
        local(incident.get("ended_at")),
    ]


@click.command()
@click.argument("id")
@as_json
@pass_desk
def incident(desk: Desk, id: str, as_json: bool) -> None:
    """Show one incident: what happened, who was reached, who answered."""
    facts = desk.ask("incident", id=id)["incident"]
    if as_json:
        print_json(facts)
        return
    desk.table("incident_columns", [_row(desk, facts)])
    click.echo()
    desk.table(
        "event_columns",
        [(local(one["at"]), desk.word(f"event_{one['what']}"), one["detail"] or "") for one in facts["events"]],
    )
    click.echo()
    desk.table("delivery_columns", [_delivery(desk, one) for one in facts["deliveries"]])
    click.echo()
    answers = [(one["name"], local(one.get("acknowledged_at"))) for one in facts["contacts"]]
    desk.table("answer_columns", answers)
    if facts.get("positions"):
        click.echo()
        desk.table("position_columns", [_position(desk, one) for one in facts["positions"]])
    _untried(facts)


def _position(desk: Desk, there: dict[str, Any]) -> list[object]:
    place = f"{there['latitude']:.5f},{there['longitude']:.5f}"
    source = desk.word(f"source_{there['source']}")
    return [local(there["told_at"]), local(there["at"]), place, f"{there['radius']:.0f} m", source]


def _delivery(desk: Desk, delivery: dict[str, Any]) -> list[object]:
    attempts = delivery["attempts"]
    last = attempts[-1] if attempts else {}
    return [
        delivery.get("name") or delivery["contact"],
        delivery["channel"],
        desk.word(f"purpose_{delivery.get('purpose', 'alert')}"),
        desk.word(f"outcome_{delivery['outcome']}"),
        len(attempts),
        " ".join(str(last[key]) for key in ("path", "result", "code", "reason") if last.get(key)) or "-",
    ]

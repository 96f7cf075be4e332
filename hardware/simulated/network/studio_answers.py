"""What Studio answers: its resources and its lists, as JSON-ready dictionaries."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hardware.simulated.network.answers import Json
from hardware.simulated.network.execution import Execution
from hardware.simulated.network.flows import Flow

HOME = "https://studio.twilio.com/v2/Flows"


def flow(one: Flow, account: str) -> Json:
    url = f"{HOME}/{one.id}"
    parts = {"test_users": "TestUsers", "revisions": "Revisions", "executions": "Executions"}
    return {
        "account_sid": account,
        "author_sid": None,
        "commit_message": one.commit_message,
        "date_created": _date(one.created),
        "date_updated": _date(one.updated),
        "definition": one.definition,
        "errors": one.problems,
        "friendly_name": one.name,
        "links": {name: f"{url}/{part}" for name, part in parts.items()},
        "revision": one.revision,
        "sid": one.id,
        "status": one.status,
        "url": url,
        "valid": not one.problems,
        "warnings": [],
        "webhook_url": f"https://webhooks.twilio.com/v1/Accounts/{account}/Flows/{one.id}",
    }


def listed(one: Flow, account: str) -> Json:
    """A list has no definitions."""
    return flow(one, account) | dict.fromkeys(("definition", "valid", "errors", "warnings", "commit_message"))


def execution(one: Execution, account: str) -> Json:
    url = _url(one)
    return {
        "account_sid": account,
        "contact_channel_address": one.address,
        "contact_sid": None,
        "context": {},
        "date_created": _date(one.created),
        "date_updated": _date(one.updated),
        "flow_sid": one.flow.id,
        "flow_version": one.revision or None,
        "initiated_by": one.initiated_by,
        "links": {"steps": f"{url}/Steps", "execution_context": f"{url}/Context"},
        "sid": one.id,
        "status": "active" if one.active else "ended",
        "url": url,
    }


def context(one: Execution, account: str) -> Json:
    return {
        "account_sid": account,
        "context": one.context,
        "execution_sid": one.id,
        "flow_sid": one.flow.id,
        "url": f"{_url(one)}/Context",
    }


def page(name: str, url: str, number: int, size: int, items: Sequence[Json], links: Mapping[str, str]) -> Json:
    """`items` are those of this page alone; `links` has "previous" and "next" where there is one."""
    meta = {
        "first_page_url": f"{url}?PageSize={size}&Page=0",
        "key": name,
        "next_page_url": links.get("next"),
        "page": number,
        "page_size": size,
        "previous_page_url": links.get("previous"),
        "url": f"{url}?PageSize={size}&Page={number}",
    }
    return {"meta": meta, name: list(items)}


def _url(one: Execution) -> str:
    return f"{HOME}/{one.flow.id}/Executions/{one.id}"


def _date(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

"""Twilio's lists: filtered by number, state and date, newest first, a page at a time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from hardware.simulated.network import answers, studio_answers
from hardware.simulated.network.answers import AnswerError, Json
from hardware.simulated.network.call import Call
from hardware.simulated.network.execution import Execution
from hardware.simulated.network.flows import Flow
from hardware.simulated.network.numbers import Numbers
from hardware.simulated.network.texting import Sms

Query = Mapping[str, str]
T = TypeVar("T")
Filtered = TypeVar("Filtered", Sms, Call)


def messages(query: Query, path: str, accepted: Iterable[Sms], account: str) -> Json:
    found = [sms for sms in _newest_first(accepted, query) if _in_time(sms.sent, query, "DateSent")]
    return _page("messages", query, path, found, lambda sms: answers.message(sms, account))


def calls(query: Query, path: str, accepted: Iterable[Call], account: str) -> Json:
    found = [
        call
        for call in _newest_first(accepted, query)
        if _in_time(call.started, query, "StartTime") and _in_time(call.ended, query, "EndTime")
    ]
    return _page("calls", query, path, found, lambda call: answers.call(call, account))


def numbers(query: Query, path: str, owned: Numbers, account: str) -> Json:
    """A part of a number finds it, too."""
    found = [own for own in owned if query.get("PhoneNumber", "") in own.number]
    return _page("incoming_phone_numbers", query, path, found, lambda own: answers.number(own, account))


def caller_ids(query: Query, path: str, owned: Numbers, account: str) -> Json:
    found = [own for own in owned.proven if query.get("PhoneNumber", "") in own.number]
    return _page("outgoing_caller_ids", query, path, found, lambda own: answers.caller_id(own, account))


def flows(query: Query, url: str, all_flows: Iterable[Flow], account: str) -> Json:
    found = list(reversed(list(all_flows)))
    return _studio_page("flows", query, url, found, lambda flow: studio_answers.listed(flow, account))


def executions(query: Query, url: str, of_flow: Iterable[Execution], account: str) -> Json:
    first, last = _moment(query.get("DateCreatedFrom")), _moment(query.get("DateCreatedTo"))
    found = [
        one
        for one in reversed(list(of_flow))
        if (first is None or one.created >= first)
        and (last is None or one.created < last)
        and query.get("status") in (None, "active" if one.active else "ended")
    ]
    return _studio_page("executions", query, url, found, lambda one: studio_answers.execution(one, account))


def _newest_first(accepted: Iterable[Filtered], query: Query) -> list[Filtered]:
    def fits(one: Filtered) -> bool:
        facts = {"To": one.to, "From": one.sender, "Status": one.state.value}
        return all(query.get(name, fact) == fact for name, fact in facts.items())

    return [one for one in reversed(list(accepted)) if fits(one)]


def _in_time(moment: datetime | None, query: Query, name: str) -> bool:
    """Bounds are inclusive; a plain date is that whole day; what has no date yet fits no date filter."""
    day, before, after = (_moment(query.get(name + sign)) for sign in ("", "<", ">"))
    if day is None and before is None and after is None:
        return True
    if moment is None:
        return False
    return (
        (day is None or day <= moment < day + timedelta(days=1))
        and (before is None or moment <= before)
        and (after is None or moment >= after)
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise AnswerError(400, 20001, "A date is not in ISO 8601 format.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _page(name: str, query: Query, path: str, found: list[T], shape: Callable[[T], Json]) -> Json:
    number, size, items, links = _cut(query, path, found)
    return answers.page(name, path, number, size, [shape(one) for one in items], links)


def _studio_page(name: str, query: Query, url: str, found: list[T], shape: Callable[[T], Json]) -> Json:
    """Studio's links are whole addresses: those that the list was asked for at."""
    number, size, items, links = _cut(query, url.partition("?")[0], found)
    return studio_answers.page(name, url.partition("?")[0], number, size, [shape(one) for one in items], links)


def _cut(query: Query, path: str, found: list[T]) -> tuple[int, int, list[T], dict[str, str]]:
    """The page that is asked for: its number, its size, what is on it, and the links to its neighbours."""
    size = _whole(query, "PageSize", 50, range(1, 1001))
    number = _whole(query, "Page", 0, range(100_000))
    links = {}
    if number:
        links["previous"] = _link(query, path, number - 1, size)
    if len(found) > (number + 1) * size:
        links["next"] = _link(query, path, number + 1, size)
    return number, size, found[number * size : (number + 1) * size], links


def _link(query: Query, path: str, number: int, size: int) -> str:
    turned = {**query, "PageSize": str(size), "Page": str(number), "PageToken": f"PA{number}"}
    return f"{path}?{urlencode(turned)}"


def _whole(query: Query, name: str, default: int, allowed: range) -> int:
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 7 and int(value) in allowed):
        raise AnswerError(400, 20001, f"{name} is not in range.")
    return int(value)

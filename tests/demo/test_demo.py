"""`hub demo` from beginning to end: real processes, real sockets, a real page."""

import signal
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from hub.client import Client, Unreachable
from hub.demo.people import CONTACTS
from tests.demo.conftest import Demo


def eventually(true: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 15
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def ready(demo: Demo) -> Demo:
    demo.says(f"http://127.0.0.1:{demo.port}/")
    demo.says("└")
    return demo


def test_a_press_in_the_demo_reaches_five_telephones(demo: Demo) -> None:
    ready(demo)
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/", timeout=10) as page:
        assert page.status == 200
    simulation = Client(demo.state / "simulation.sock")
    (button,) = simulation.ask("buttons")["buttons"]
    simulation.ask("buttons", do="double", button=button)
    assert eventually(lambda: reached(demo)) == {contact["phone"] for contact in CONTACTS}


def reached(demo: Demo) -> set[str]:
    """The numbers that have a message and a ringing call; empty until all have."""
    phones = Client(demo.state / "network.sock").ask("phones")["phones"]
    called = {phone["number"] for phone in phones if phone["messages"] and phone["calls"]}
    return called if len(called) == len(CONTACTS) else set()


def test_it_speaks_both_languages(demo: Demo) -> None:
    demo.says("La démonstration est prête")
    demo.says("The demo is ready")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_all_its_processes(demo: Demo, number: signal.Signals) -> None:
    children = ready(demo).children()
    assert children.keys() == {"network", "hub", "page"}
    demo.process.send_signal(number)
    demo.says("The demo is over.")
    assert demo.process.wait(20) == 0
    assert not any(child.is_running() for child in children.values())


def test_it_runs_again_at_once_with_the_same_home(demo: Demo) -> None:
    ready(demo).close()
    again = Demo(demo.state, demo.port)
    try:
        ready(again)
        assert len(Client(again.state / "control.sock").ask("contacts")["contacts"]) == 5
    finally:
        again.close()


def test_its_processes_do_not_outlive_it_even_when_it_is_killed(demo: Demo) -> None:
    children = list(ready(demo).children().values())
    demo.process.kill()
    _, alive = psutil.wait_procs(children, timeout=15)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []  # nobody may be there to reap


def test_the_hub_comes_back_when_it_is_killed(demo: Demo) -> None:
    before = ready(demo).children()["hub"]
    before.kill()
    demo.says("it is started again")
    assert eventually(lambda: answers(demo))
    assert demo.children()["hub"].pid != before.pid


def answers(demo: Demo) -> bool:
    try:
        return bool(Client(demo.state / "control.sock").ask("home")["home"]["name"])
    except Unreachable:
        return False


def test_without_its_page_it_ends_and_says_where_to_look(demo: Demo) -> None:
    ready(demo).children()["page"].terminate()
    assert "page.log" in demo.says('its part "page"')
    assert demo.process.wait(20) == 1

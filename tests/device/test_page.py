"""The page under a real systemd, with all its walls: opened, logged in to, closed, and what it cannot reach."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.device.home import PYTHON, Home, equip
from tests.device.machine import Done, Machine, until

pytestmark = pytest.mark.timeout(900)

# A browser, as far as it takes one: the code page, the form with the code, what the log-in leads to.
BROWSER = """
import json, re, ssl, sys, urllib.error, urllib.parse, urllib.request
tls = ssl.create_default_context()
tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
handlers = urllib.request.HTTPSHandler(context=tls), urllib.request.HTTPCookieProcessor()
opener = urllib.request.build_opener(*handlers)
opener.addheaders = [("Accept-Language", "fr"), ("Referer", ADDRESS)]
def get(form=None):
    try:
        answer = opener.open(ADDRESS, form and urllib.parse.urlencode(form).encode(), timeout=20)
    except urllib.error.HTTPError as refused:
        answer = refused
    return answer.status, answer.url, answer.read().decode()
first = get()
token = re.search('name="csrf_token"[^>]*value="([^"]+)"', first[2])
print(json.dumps([first, get({"code": sys.argv[1], "csrf_token": token[1]})]))
""".replace("ADDRESS", '"https://127.0.0.1:8443/"')
# What the page's process would find if somebody took it over. Each is what it is, or the error's name.
INTRUDER = """
import json, mmap, os, pathlib, socket
from hub import passcode
from hub.client import Client
def tried(what):
    try:
        return what()
    except Exception as problem:
        return type(problem).__name__
def connect():
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("/run/hub/control.sock")
    return "connected"
def writable_code():
    mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)
found = {f"a socket {kind}": tried(lambda: socket.socket(getattr(socket, kind)) and "made")
    for kind in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_BLUETOOTH")}
found |= {f"read {path}": tried(lambda: os.listdir(path))
    for path in ("/var/lib/hub", "/etc/credstore", "/etc/hub", "/run/dbus", "/root", "/home", "/sys/class/gpio")}
found |= {f"write {path}": tried(lambda: pathlib.Path(path, "x").touch())
    for path in ("/etc", "/usr", "/opt/hub", "/run", "/run/hub", "/var/tmp/..", "/")}
found["network devices"] = [line.split(":")[0].strip() for line in open("/proc/self/net/dev") if ":" in line]
found["processes"] = sum(name.isdigit() for name in os.listdir("/proc"))
found["the hub"] = connect()
found["a command of root's"] = tried(lambda: Client(pathlib.Path("/run/hub/control.sock")).ask("contacts"))
found["writable code"] = tried(writable_code)
found["a key"] = len(passcode.key("123456", bytes(16), 2, 19456, 1))
print(json.dumps(found))
"""
CODE = re.compile(r"\b[2-9B-Z]{5}-[2-9B-Z]{5}\b|\b[0-9]{6}\b")
CAPABILITIES = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
FOUND: dict[str, object] = {
    **{f"a socket {kind}": "OSError" for kind in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_BLUETOOTH")},
    **{
        f"read {path}": "PermissionError"
        for path in ("/var/lib/hub", "/etc/credstore", "/etc/hub", "/run/dbus", "/root")
    },
    "read /home": "PermissionError",
    "read /sys/class/gpio": "FileNotFoundError",
    **{f"write {path}": "OSError" for path in ("/etc", "/usr", "/opt/hub", "/var/tmp/..", "/")},
    **{f"write {path}": "PermissionError" for path in ("/run", "/run/hub")},
    "network devices": ["lo"],
    "processes": 1,
    "the hub": "connected",
    "a command of root's": "Refused",
    "writable code": "PermissionError",
    "a key": 32,
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    url: str
    text: str


@pytest.fixture(scope="module")
def real(home: Home) -> Iterator[Home]:
    """On a machine whose devices are real ones, and missing."""
    equip(home, simulated=False)
    yield home
    equip(home, simulated=True)


@pytest.fixture(scope="module")
def set_up(real: Home) -> Home:
    """No set-up is finished without a button and a siren."""
    equip(real, simulated=True)
    real.hub("setup finish")
    equip(real, simulated=False)
    return real


@pytest.fixture
def page(set_up: Home) -> Iterator[Home]:
    """Opened by somebody who is at the hub."""
    set_up.hub("page open")
    until(lambda: active(set_up)[0] == "active", 10)
    yield set_up
    close(set_up)


def close(home: Home) -> None:
    home.hub("page close")
    until(lambda: active(home) == ["inactive", "inactive"], 10)


def active(home: Home) -> list[str]:
    return home.machine.inside("systemctl", "is-active", "hub-web.socket", "hub-web.service").stdout.split()


def visited(home: Home, code: str = "") -> Done:
    return home.machine.inside(PYTHON, "-I", "-c", BROWSER, code)


def visit(home: Home, code: str = "") -> tuple[Answer, Answer]:
    """The code page, and what came of the code."""
    done = visited(home, code)
    assert done.returncode == 0, done.stdout
    first, then = json.loads(done.stdout)
    return Answer(*first), Answer(*then)


def intruded(machine: Machine) -> dict[str, object]:
    """What INTRUDER finds in the page's place: the unit as it is, but for its program."""
    unit = machine.path("etc/systemd/system/hub-web.service").read_text()
    unit = unit.replace("Type=notify", "Type=oneshot\nStandardOutput=file:/run/found").replace("Requires=", "Wants=")
    unit = re.sub("^ExecStart=.*$", f"ExecStart={PYTHON} -I /opt/intruder.py", unit, flags=re.MULTILINE)
    machine.path("opt/intruder.py").write_text(INTRUDER)
    machine.live("run/systemd/system/intruder.service").write_text(unit)
    machine.inside("systemctl", "daemon-reload")
    done = machine.inside("systemctl", "start", "intruder")
    assert done.returncode == 0, machine.inside("journalctl", "--no-pager", "-u", "intruder").stdout
    found: dict[str, object] = json.loads(machine.live("run/found").read_text())
    return found


def test_the_page_of_a_new_hub_is_open_by_itself(real):
    assert real.hub("page")["fresh"]
    until(lambda: active(real)[0] == "active", 10)
    assert visit(real)[0].status == 200


def test_after_the_set_up_it_is_closed_and_nothing_listens(set_up):
    until(lambda: active(set_up) == ["inactive", "inactive"], 10)
    assert "Connection refused" in visited(set_up).stdout


def test_opened_it_answers_with_the_code_page_and_its_process_starts_only_then(page):
    assert active(page) == ["active", "inactive"]
    first, _ = visit(page)
    assert (first.status, "<title>Hub</title>" in first.text, 'name="code"' in first.text) == (200, True, True)
    assert active(page) == ["active", "active"]
    assert "Continuer" in first.text  # it has its French


def test_hub_page_open_and_close_are_enough(set_up):
    assert set_up.machine.inside("hub", "page", "open").returncode == 0
    until(lambda: active(set_up)[0] == "active", 10)
    visit(set_up)
    assert set_up.machine.inside("hub", "page", "close").returncode == 0
    until(lambda: active(set_up) == ["inactive", "inactive"], 10)


def test_a_new_code_logs_in_and_another_one_does_not(page):
    said = page.machine.inside("hub", "code", "new", "technician").stdout
    code = CODE.search(said)
    assert code, said
    assert visit(page, "22222-22222")[1].status == 403
    _, then = visit(page, code[0])
    assert (then.status, then.url) == (200, "https://127.0.0.1:8443/status")
    assert 'action="/log-out"' in then.text


def test_the_process_that_runs_has_no_rights_and_sees_no_network(page):
    visit(page)
    main = page.machine.inside("systemctl", "show", "-P", "MainPID", "hub-web").stdout.strip()
    said = dict(re.findall(r"^(\w+):\s+(.*)$", page.machine.live(f"proc/{main}/status").read_text(), re.MULTILINE))
    assert {name: said[name] for name in said if name.startswith("Cap")} == dict.fromkeys(CAPABILITIES, "0" * 16)
    assert (said["NoNewPrivs"], said["Seccomp"]) == ("1", "2")
    devices = page.machine.live(f"proc/{main}/net/dev").read_text()
    assert re.findall(r"(\w+):", devices) == ["lo"]


def test_whoever_takes_its_process_over_reaches_the_hubs_socket_and_nothing_else(page):
    assert intruded(page.machine) == FOUND


def test_one_that_crashes_comes_back_with_the_next_request(page):
    visit(page)
    page.machine.inside("systemctl", "kill", "-s", "KILL", "hub-web.service")
    until(lambda: active(page)[1] != "active", 10)
    assert visit(page)[0].status == 200


def test_the_hub_that_crashes_closes_it(page):
    visit(page)
    page.machine.inside("kill", "-9", str(page.main()))
    until(lambda: active(page) == ["inactive", "inactive"], 15)
    until(page.answers, 10)


def test_logs_in_of_several_at_once_fit_in_its_memory(page):
    """argon2 takes 19 MB for each."""
    code = CODE.search(page.machine.inside("hub", "code", "new", "wearer").stdout)
    assert code
    with ThreadPoolExecutor(8) as several:
        ends = list(several.map(lambda _: visit(page, code[0])[1].status, range(8)))
    assert set(ends) <= {200, 403}
    assert 200 in ends
    assert peak(page) <= 192e6


def peak(home: Home) -> int:
    """The most memory that its processes had, shared parts counted for each (bytes)."""
    main = home.machine.inside("systemctl", "show", "-P", "MainPID", "hub-web").stdout.strip()
    children = home.machine.live(f"proc/{main}/task/{main}/children").read_text().split()
    said = [home.machine.live(f"proc/{pid}/status").read_text() for pid in (main, *children)]
    return sum(1024 * int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) for status in said)

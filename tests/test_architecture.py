"""The direction of imports and the few limits that keep the code readable, read from the sources."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("hub", "hardware", "web", "tests")
PLUGS_IN = "hub/__main__.py"  # the one module that may know both the hub and its devices

DEVICE_LIBRARIES = {"bleak", "bumble", "dbus_fast", "gpiozero", "lgpio", "pyaudio"}
WEB_LIBRARIES = {"flask", "flask_babel", "flask_wtf", "gunicorn", "jinja2", "werkzeug", "wtforms"}
SOUND_LIBRARIES = {"numpy", "soundfile"}
COURIER_LIBRARIES = {"boto3", "botocore", "rfc3161_client"}

HUB_FOR_HARDWARE = {
    "hub.ports",
    "hub.gesture",
    "hub.errors",
    "hub.model",
    "hub.network",
    "hub.numbers",
    "hub.profile",
    "hub.response",
}
HUB_FOR_WEB = {"hub.client", "hub.passcode"}

# Every place that catches whatever comes, and which of the four reasons it has. Elsewhere the daemon ends.
DELIVERY = "one delivery attempt"
COMMAND = "one control command"
DEVICE = "one device's task"
SERVICE = "one background service"
CATCHES_ALL: dict[str, list[str]] = {
    "hardware/buttons/adapter.py": [DEVICE],  # waiting for the end of the bus, however it ends
    "hardware/buttons/connected/connecting.py": [
        DEVICE
    ],  # ending a connection: one that is dead cannot be ended, only left
    "hardware/buttons/connected/link.py": [DEVICE, DEVICE],  # one connection, and one press
    "hardware/buttons/scan.py": [DEVICE],  # a scanner whose adapter is gone cannot be stopped, only left
    "hardware/buttons/scanner.py": [DEVICE, DEVICE],  # the scan, and one advert
    "hardware/buttons/connected/study.py": [DEVICE, DEVICE],  # one connection, and one signal
    "hardware/siren.py": [DEVICE, DEVICE, DEVICE],  # the thread that ends the sound, and the two steps of letting go
    "hub/control/server.py": [COMMAND],
    "hub/dispatch.py": [DELIVERY],
    "hub/evidence/errands.py": [SERVICE],  # one lane of the courier: the other one goes on
    "hub/store/__init__.py": [DEVICE],  # whatever the disk does at the start: the hub runs from memory
    "hub/store/asking.py": [DEVICE],  # who asked gets what was raised
    "hub/store/writer.py": [DEVICE, DEVICE],  # the disk, and its copy: both are tried again
    "hub/feedback.py": [DEVICE],  # one button that shows something: nobody else looks at what comes of it
    "hub/services.py": [SERVICE],  # and one device's task: both are started again with a fault
}


def sources(*parts: str) -> list[Path]:
    return sorted(path for part in parts for path in (ROOT / part).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(source: str) -> set[str]:
    """Every module named by an import, wherever it stands; `from hub import ports` names hub.ports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def breaches(parts: tuple[str, ...], forbidden: set[str], but: tuple[str, ...] = ()) -> list[str]:
    """Which files import a forbidden module or anything in it."""
    return [
        f"{name_of(path)} imports {module}"
        for path in sources(*parts)
        if not name_of(path).startswith(but or ("-",))
        for module in sorted(imports(path.read_text()))
        if any(f"{module}.".startswith(f"{name}.") for name in forbidden)
    ]


def hub_modules(part: str, allowed: set[str]) -> list[str]:
    """What a part takes from the hub beyond what it may; its names are fine, other modules are not."""
    return [
        f"{name_of(path)} imports {module}"
        for path in sources(part)
        for module in sorted(imports(path.read_text()))
        if f"{module}.".startswith("hub.")
        and module != "hub"
        and not any(f"{module}.".startswith(f"{name}.") for name in allowed)
    ]


def test_the_hub_knows_no_device_library():
    assert breaches(("hub",), DEVICE_LIBRARIES) == []


def test_the_hub_knows_no_web_library():
    assert breaches(("hub",), WEB_LIBRARIES) == []


def test_only_the_entry_point_plugs_devices_and_pages_in():
    assert breaches(("hub",), {"hardware", "web"}, but=(PLUGS_IN,)) == []


def test_hardware_knows_the_protocols_and_facts_of_the_hub_and_nothing_else():
    assert hub_modules("hardware", HUB_FOR_HARDWARE) == []


def test_hardware_and_web_do_not_know_each_other():
    assert breaches(("hardware",), {"web"} | WEB_LIBRARIES) + breaches(("web",), {"hardware"}) == []


def test_the_web_reaches_the_hub_through_the_control_client_only():
    assert hub_modules("web", HUB_FOR_WEB) == []


def test_only_the_store_opens_the_database():
    assert breaches(("hub", "hardware", "web"), {"sqlite3"}, but=("hub/store",)) == []


def test_sound_is_handled_by_evidence_and_devices_only():
    assert breaches(("hub", "web"), SOUND_LIBRARIES, but=("hub/evidence/",)) == []


def test_the_store_and_the_time_stamps_are_asked_by_the_courier_only():
    courier = ("hub/evidence/bucket.py", "hub/evidence/timestamp.py")
    assert breaches(PARTS[:-1], COURIER_LIBRARIES, but=courier) == []


def test_the_daemon_starts_without_command_line_web_and_sound_libraries():
    heavy = {*COURIER_LIBRARIES, "argon2", "click", "flask", "gunicorn", "numpy", "playwright"}
    code = "import hub.daemon, sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert heavy & set(done.stdout.split()) == set()


def catch_alls(source: str) -> Iterator[int]:
    """Lines where any exception whatever is swallowed; a handler that ends by raising is no such place."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and (node.type is None or _means_all(node.type)):
            if not isinstance(node.body[-1], ast.Raise):
                yield node.lineno
        elif isinstance(node, ast.Call) and "suppress" in ast.unparse(node.func):
            yield from (node.lineno for argument in node.args if _means_all(argument))


def _means_all(caught: ast.expr) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(ast.unparse(name) in ("Exception", "BaseException") for name in names)


def test_every_place_that_catches_everything_is_listed_with_its_reason():
    found = {name_of(path): len(list(catch_alls(path.read_text()))) for path in sources("hub", "hardware", "web")}
    assert {name: count for name, count in found.items() if count} == {
        name: len(reasons) for name, reasons in CATCHES_ALL.items()
    }


def test_there_are_four_reasons_to_catch_everything():
    assert {reason for reasons in CATCHES_ALL.values() for reason in reasons} <= {
        DELIVERY,
        COMMAND,
        DEVICE,
        SERVICE,
    }


def test_no_file_is_longer_than_300_lines():
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in [*sources(*PARTS), ROOT / "install.sh"]}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_no_function_is_longer_than_50_lines():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in sources(*PARTS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 50
    ]
    assert long == []


def test_every_module_says_what_it_is_for():
    silent = [name_of(path) for path in sources(*PARTS) if not ast.get_docstring(ast.parse(path.read_text()))]
    assert [name for name in silent if (ROOT / name).read_text().strip()] == []


def test_nothing_is_left_for_later():
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    found = [name_of(path) for path in sources(*PARTS) if any(mark in path.read_text() for mark in marks)]
    assert found == []


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("import bleak.backends", "bleak.backends"),
        ("from hub import store", "hub.store"),
        ("def f():\n    from numpy import array", "numpy"),
    ],
)
def test_an_import_is_seen_however_it_is_written(line, module):
    assert module in imports(line)


@pytest.mark.parametrize(
    "catch",
    ["except:", "except Exception as e:", "except (OSError, BaseException):"],
)
def test_a_catch_all_is_seen_however_it_is_written(catch):
    assert list(catch_alls(f"try:\n    pass\n{catch}\n    pass")) == [3]
    assert list(catch_alls(f"try:\n    pass\n{catch}\n    raise")) == []

"""The router dies while the mobile connection lives: real routes, and provider and mail server in another network."""

import os
import ssl
from collections.abc import AsyncIterator

import pytest
import trustme

from tests.gate import CABLE, MOBILE, SEE_ITS_DEVICES, Gate
from tests.scenarios.world import DOUBLE, World
from tests.streets import FAR, Street

pytestmark = pytest.mark.timeout(240)  # at the hub's own pace


@pytest.fixture
async def gates(outside: World, street: Street, authority: trustme.CA) -> AsyncIterator[tuple[Gate, Gate]]:
    """The hub runs in the home with two ways out, and knows that both lead to provider and mail server."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(FAR).configure_cert(tls)
    provider, mail = Gate(outside.network.http_port), Gate(outside.network.smtp_port)
    at = f"https://{FAR}:{await provider.open(street, tls)}"
    outside.configure(api=at, mail=(FAR, await mail.open(street)))
    outside.prefix = ("nsenter", f"--net=/proc/{os.getpid()}/fd/{street.home.file}", *SEE_ITS_DEVICES)
    await outside.start(HUB_TRUST=str(outside.environment["SSL_CERT_FILE"]))
    await outside.settle_in()

    async def both() -> bool:
        rows = {row["name"]: row["ok"] for row in (await outside.ask("status"))["paths"]}
        return rows.get("ethernet") is True and rows.get("lte") is True

    await outside.until(both)
    yield provider, mail
    await outside.stop()
    await provider.close()
    await mail.close()


async def test_while_the_router_works_nothing_leaves_by_the_modem(outside: World, gates: tuple[Gate, Gate]):
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    for gate in gates:
        assert set(gate.callers) == {CABLE}


async def test_the_router_dies_with_the_press_and_the_alert_goes_out_by_the_mobile_connection(
    outside: World, gates: tuple[Gate, Gate], street: Street
):
    """It is there and answers nothing: nobody says that there is no route."""
    street.lose("eth0")
    for gate in gates:
        gate.callers.clear()
    await outside.click(DOUBLE)
    await outside.until(outside.all_told, 60)
    for gate in gates:
        assert set(gate.callers) == {MOBILE}

    async def said() -> bool:
        codes = await outside.fault_codes()
        return "path:ethernet" in codes and not {"internet", "twilio", "smtp"} & codes

    await outside.until(said, 60)


async def test_a_router_that_comes_back_is_used_again(outside: World, gates: tuple[Gate, Gate], street: Street):
    street.unplug("eth0")

    async def lost() -> bool:
        return "path:ethernet" in await outside.fault_codes()

    await outside.until(lost, 60)
    await outside.stop()
    await outside.start(HUB_TRUST=str(outside.environment["SSL_CERT_FILE"]))
    assert await lost(), "what worked in this home is missed over a restart"
    street.plug("eth0")

    async def found() -> bool:
        return not await lost()

    await outside.until(found, 60)
    for gate in gates:
        gate.callers.clear()
    await outside.click(DOUBLE)
    await outside.until(outside.all_told)
    for gate in gates:
        assert set(gate.callers) == {CABLE}

"""SMS on the built-in telephone network."""

from hardware.simulated.network import TelephoneNetwork
from hub.channels.sms import Sms
from hub.channels.twilio import TwilioLine
from tests.channels.conftest import ANNA, SMS


async def test_an_sms_arrives_as_it_was_written(network: TelephoneNetwork, line: TwilioLine) -> None:
    sid = await Sms(line).send(SMS)
    await network.until(lambda: network.phones[ANNA].messages)
    (message,) = network.phones[ANNA].messages
    assert (message.id, message.text, message.sender) == (sid, SMS.text, "Centre")


async def test_an_sms_that_cannot_leave_expires(network: TelephoneNetwork, line: TwilioLine) -> None:
    await Sms(line).send(SMS)
    assert network.requests[0].form["ValidityPeriod"] == "600"

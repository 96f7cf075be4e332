"""The table of channels, and what it loads before any alert."""

import asyncio
import json
import subprocess
import sys

from hardware.simulated.network import TelephoneNetwork
from hub.channels import CHANNELS, Lines, open_channels
from hub.channels.email import MailServer
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioLine
from hub.response import Action
from tests.channels.conftest import account

SENDS = """
import asyncio, json, sys
from concurrent.futures import ThreadPoolExecutor
from hub.channels import Lines, open_channels
from hub.channels.email import MailServer, Security
from hub.channels.studio import Studio
from hub.channels.twilio import TwilioAccount, TwilioLine
from hub.ports import Message

async def main(account, port):
    with ThreadPoolExecutor(4) as executor:
        line = TwilioLine(TwilioAccount(*account), executor, executor)
        mail = MailServer("localhost", port, Security.NONE, "hub@exemple.fr")
        studio = Studio(line)
        studio.recall("FW" + "0" * 32, studio.digest)
        channels = open_channels(Lines(line, mail, studio))
        before = set(sys.modules)
        for action, channel in channels.items():
            to = "anna@exemple.fr" if action == "email" else "+33612345678"
            await channel.send(Message("1", to, "fr", "K7Q2M", "Léa", "Léa"))
        print(json.dumps(sorted(set(sys.modules) - before)))

asyncio.run(main(*json.loads(sys.argv[1])))
"""


def test_every_way_of_telling_people_has_a_channel(line: TwilioLine, server: MailServer) -> None:
    channels = open_channels(Lines(line, server, Studio(line)))
    assert set(channels) == set(CHANNELS) == {Action.SMS, Action.CALL, Action.EMAIL}
    assert [channels[action].path for action in channels] == ["twilio", "twilio", "smtp"]


def test_what_is_not_configured_is_not_there(server: MailServer) -> None:
    assert set(open_channels(Lines())) == set()
    assert set(open_channels(Lines(mail=server))) == {Action.EMAIL}


async def test_nothing_is_imported_at_the_alarm() -> None:
    async with TelephoneNetwork() as network:
        whose = account(network.account, f"http://localhost:{network.http_port}")
        fields = [getattr(whose, name) for name in whose.__slots__]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SENDS, json.dumps([fields, network.smtp_port])), stdout=subprocess.PIPE
        )
        printed, _ = await process.communicate()
    assert json.loads(printed) == []

"""One telephone network for the demo and the tests: it stands in for Twilio and for a mail server."""

from hardware.simulated.network.arrivals import Request
from hardware.simulated.network.call import Call, CallError, CallState
from hardware.simulated.network.faults import Fault, Faults, Kind, Service, Sort
from hardware.simulated.network.login import Account
from hardware.simulated.network.mailing import Mail
from hardware.simulated.network.network import TelephoneNetwork
from hardware.simulated.network.numbers import Numbers, OwnNumber
from hardware.simulated.network.phones import Behaviour, Phone, Phones
from hardware.simulated.network.smtp import Security
from hardware.simulated.network.texting import Sms, SmsState
from hardware.simulated.network.timing import LIFELIKE, QUICK, Timing

__all__ = [
    "LIFELIKE",
    "QUICK",
    "Account",
    "Behaviour",
    "Call",
    "CallError",
    "CallState",
    "Fault",
    "Faults",
    "Kind",
    "Mail",
    "Numbers",
    "OwnNumber",
    "Phone",
    "Phones",
    "Request",
    "Security",
    "Service",
    "Sms",
    "SmsState",
    "Sort",
    "TelephoneNetwork",
    "Timing",
]

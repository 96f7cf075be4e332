"""Everything the daemon is made of, put together in one place and passed to whoever needs a part of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

from hub import second
from hub.alerting import Alerting, Outputs
from hub.book import Book
from hub.cells import Cells
from hub.chain import Chain
from hub.channels.modem import ModemSms
from hub.charge import Charge
from hub.config import Config
from hub.delivery import Delivery
from hub.dispatch import Dispatcher
from hub.doorkeeper import Doorkeeper, Doors, ServiceButton
from hub.evidence.access import Access
from hub.evidence.courier import CourierChild
from hub.evidence.exporting import Exports
from hub.evidence.recorder import Recipients, RecorderChild
from hub.faults import Fault, Faults
from hub.feedback import Feedback
from hub.gesture import Gesture
from hub.heartbeat import Heartbeat
from hub.household import Household
from hub.incoming import Listener
from hub.internet import Probe
from hub.learning.learner import Learner
from hub.leaving import Leaving
from hub.locator import Locator
from hub.model import Moment
from hub.network import Network
from hub.notices import Notices
from hub.page.gate import Gate
from hub.ports import Buttons, Channel, Incoming, Mains, Modem, Positioning, Press, Siren
from hub.provider import Keeper, Outside
from hub.receipts import Receipts
from hub.recognizers import Recognizers
from hub.reminder import Reminder
from hub.response import Action
from hub.sim import Sim
from hub.store import Store, Worked
from hub.supply import Supply
from hub.telling import Telling
from hub.trial import Trial
from hub.watch import Watch
from hub.way import Way


def clock() -> Moment:
    """Both clocks, now."""
    return Moment(monotonic(), datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Devices:
    """What `hub/__main__.py` plugs in. `recorder`, `courier` and `sweeper` are the command lines of children."""

    buttons: Buttons
    siren: Siren
    recorder: tuple[str, ...]
    mains: Mains | None = None
    modem: Modem | None = None
    network: Network | None = None
    courier: tuple[str, ...] = ()
    sweeper: tuple[str, ...] = ()
    doors: Doors | None = None
    service_button: ServiceButton | None = None


class Hub:
    """The parts, wired; nothing runs yet. `ways`: the channels, and the hub's own SIM, by the name of the way."""

    def __init__(
        self,
        config: Config,
        devices: Devices,
        channels: Mapping[Action, Channel],
        outside: Outside | None = None,
        way: Way | None = None,
    ) -> None:
        """`way`: the one that the channels leave by."""
        self.config = config
        self.devices = devices
        self.channels = channels
        self.ways = _ways(channels, devices.modem)
        self.faults = Faults(clock, self._shows_presence)
        self.store = Store(config.state.dir / "hub.db", self._store_trouble, self._store_replaced, self._store_dropped)
        self.household = Household(self.store, config.evidence.recipients)
        self.watch = Watch(self.household, devices.buttons, self.faults)
        self.supply = Supply(devices.mains, self.faults) if devices.mains else None
        self.sim = Sim(devices.modem, self.faults) if devices.modem else None
        self.learner = Learner(devices.buttons)
        self.gate = Gate(self.store, clock, config.page.delay_hours * 3600.0)
        self.doorkeeper = Doorkeeper(devices.doors, self.gate, self.faults) if devices.doors else None
        self.book = Book(self.store)
        self.dispatcher = Dispatcher(self.ways, self.book, self.faults, clock, self._wants, self.break_down)
        line = outside.line if outside else None
        self.chain = Chain(self.book, self.ways, line, self.store, self.faults, clock)
        self._recordings()
        feedback = Feedback(self.household, devices.buttons.confirm)
        self.alerting = self._alerting()
        self.locator = self._locator(config.position.cells_url, devices.modem)
        self.telling = Telling(
            self.household, self.faults, channels, clock, lambda: self.book.busy, self._sim_that_sends
        )
        self.notices = Notices(channels, self.telling.lane, clock, self._sim_that_sends)
        self.leaving, self.reminder = self._leaving(), self._reminder()
        self.charge = Charge(self.alerting, self.household, self.book, self.faults, feedback, clock)
        self.receipts = Receipts(self.ways, self.book, self.faults, clock, self.charge.hear, self._wants)
        self.outside = outside
        self.listener = Listener(outside.inbox if outside else None, self.household, clock, self.charge.hear)
        if outside is not None:
            self.keeper = Keeper(outside.studio, self.store, self.faults, monotonic)
        self.heartbeat, self.probe = self._upkeep(way or Way())
        self.recognizers = Recognizers(self._act, self.household.timing_of)
        self.trial = Trial()
        self.untaken: dict[str, float] = {}  # since when the provider has not taken an SMS, by its id
        self.ready = asyncio.Event()
        self.broken: asyncio.Future[None] | None = None
        self.store_well = asyncio.Event()  # set each time the disk works again
        self.full = asyncio.Event()  # set each time the recorder finds the disk full
        self.faults.changed += [self._write_down, self._try_the_sim]

    def _recordings(self) -> None:
        """Who makes them, to whom they are sealed, who looked at them, and who takes them elsewhere."""
        config, devices, secrets = self.config, self.devices, self.config.state.dir / "keys"
        self.recorder = RecorderChild(devices.recorder, self._recorder_report, lambda: self.household.sealed_to)
        self.recipients = Recipients(secrets, self.recorder.seal)
        self.access = Access(secrets)
        self.exports = Exports()
        self.courier = CourierChild(devices.courier, self.faults) if config.evidence.has_errands else None

    def _alerting(self) -> Alerting:
        config, siren = self.config, self.devices.siren
        return Alerting(
            self.household,
            Outputs(siren, self.recorder, config.siren.max_seconds),
            self.store,
            self.book,
            self.dispatcher,
            self.faults,
            clock,
            config.video.base_url.rstrip("/"),
        )

    def _upkeep(self, way: Way) -> tuple[Heartbeat | None, Probe | None]:
        """What proves that there is a way out; each only where it is configured."""
        config, network = self.config, self.devices.network
        url, target = config.heartbeat.url, config.probe
        heart = Heartbeat(url, self.household, self.faults, clock, way=way) if url else None
        probe = Probe(*target, self.faults, clock, way, network, config.internet.paths) if target else None
        if probe is not None:
            probe.opened, probe.busy = self.dispatcher.hasten, lambda: self.sending
            probe.learned = lambda names: self.store.put(Worked(names))
            if self.courier is not None:
                probe.turned = self.courier.leave_by
        if heart is not None and probe is not None:
            heart.proved = probe.proved
        return heart, probe

    @property
    def sending(self) -> bool:
        """Whether something is on its way out that must not wait: an alert, or what is heard."""
        return self.book.busy or (self.courier is not None and self.courier.hurried)

    def _leaving(self) -> Leaving:
        return Leaving(self.household, self.gate, self.store, self.faults, self.notices, clock, self._in_incident)

    def _reminder(self) -> Reminder:
        days = self.config.upkeep.drill_days
        return Reminder(days, self.household, self.store, self.notices, clock, self._in_incident)

    def _in_incident(self) -> bool:
        return self.alerting.incident is not None

    def _locator(self, cells_url: str, modem: Modem | None) -> Locator | None:
        if not isinstance(modem, Positioning):
            return None
        cells = Cells(cells_url, clock) if cells_url else None
        return Locator(modem, cells, self.household, self.alerting, self.store, clock)

    def hear(self, press: Press) -> None:
        """From the radio: the start of everything."""
        try:
            self.recognizers.hear(press)
        except BaseException as problem:
            self.break_down(problem)
            raise

    def hear_text(self, text: Incoming) -> None:
        """An SMS to the hub's own SIM. It counts as an answer only where that was switched on: many operators let a
        number forge its sender.
        """
        if self.config.modem.replies:
            self.listener.heard(text, self.alerting.incident)

    def watch_buttons(self) -> None:
        """Tell the radio which buttons belong to this home."""
        self.devices.buttons.watch(self.household.buttons.values())

    def break_down(self, problem: BaseException) -> None:
        """An error of ours where none may be: end the process, the service manager starts it again."""
        if self.broken is not None and not self.broken.done():
            self.broken.set_exception(problem)

    def _act(self, gesture: Gesture, press: Press) -> None:
        try:
            if self._is_tried(gesture, press):
                self.store.put(*self.household.pressed(press)[1])  # played back later it must not act either
            else:
                self.alerting.press(gesture, press)
            self.watch.pressed(press)
        except BaseException as problem:  # from a timer of the recognisers nobody else would see it
            self.break_down(problem)
            raise

    def _is_tried(self, gesture: Gesture, press: Press) -> bool:
        """Only while the hub is being set up, and never while somebody has called for help."""
        if self.gate.finished or self.alerting.incident is not None:
            return False
        return self.trial.takes(press.button, gesture.kind, monotonic())

    def _sim_that_sends(self) -> Channel | None:
        """None while it would be in vain."""
        return self.ways.get(second.MODEM) if self.sim and self.sim.well else None

    def _shows_presence(self, code: str) -> bool:
        """A button that is carried is missed when she is out, and found when she comes home."""
        button = self.household.buttons.get(code.partition(":")[2]) if code.startswith("button_") else None
        return button is not None and button.worn

    def _write_down(self, fault: Fault) -> None:
        self.store.put(fault)

    def _try_the_sim(self, fault: Fault) -> None:
        """The modem is well again: what failed meanwhile need not wait for its time, which may be minutes away."""
        if fault.code == "modem" and fault.restored is not None:
            for delivery in second.hastened(self.book.all(), clock().mono):
                self.book.put(delivery)

    def _wants(self, delivery: Delivery) -> bool:
        return self.alerting.wants(delivery)

    def _store_trouble(self, reason: str | None) -> None:
        self.faults.set("store", reason is None, reason or "")
        if reason is None:
            self.store_well.set()

    def _store_replaced(self) -> None:
        """A damaged file was set aside: the new one gets all that is in memory."""
        self.faults.put("store_replaced", "the file was damaged")
        if not self.ready.is_set():  # memory is empty, and the file knows better
            return
        told = [] if self.locator is None else self.locator.told
        current = self.alerting.incident
        feigned = self.gate.feigned_open(current.id) if current else []
        for facts in (self.alerting.facts(), self.charge.facts(), told, [*self.faults], feigned):
            self.store.put(*facts)  # apart: one wrong row must not take the others along
        if "store_unread" not in self.faults:  # else what memory has of the rest is only what every hub begins with
            menus = [] if self.outside is None else self.keeper.facts()
            worked = [] if self.probe is None else [Worked(self.probe.paths.expected)]
            for facts in (menus, worked, self.gate.history()):
                self.store.put(*facts)
            self.store.put_configuration(*self.household.facts(), *self.gate.configuration())

    def _store_dropped(self, why: str) -> None:
        """Something of ours was written wrongly: what was in it is not on the disk."""
        self.faults.put("store_dropped", why)

    def _recorder_report(self, report: Mapping[str, object]) -> None:
        if self.courier and "state" in report:
            self.courier.hurry(report["state"] == "recording")
        current = self.alerting.incident
        if report.get("why") == "limit" and current is not None:  # nor after a restart: only by a further press
            self.alerting.commit(replace(current, records=False), [], [])
        if "full" in report:
            self.full.set()
        if "fault" in report:
            self.faults.put("microphone", str(report["fault"]))
        elif "restored" in report or report.get("state") in ("ready", "idle"):
            self.faults.restore("microphone")


def _ways(channels: Mapping[Action, Channel], modem: Modem | None) -> dict[str, Channel]:
    """By name: the channels, and the hub's own SIM."""
    own = {} if modem is None else {second.MODEM: ModemSms(modem)}
    return {str(action): channel for action, channel in channels.items()} | own

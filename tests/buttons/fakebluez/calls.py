"""The calls that the simulated BlueZ answers, and what its clients asked for."""

import asyncio
from collections.abc import Callable

from dbus_fast import Message, MessageType

from .tree import ADAPTER, MONITORS, Properties, Tree, packed, packed_all

Answer = tuple[str, list[object]]
NOTHING: Answer = ("", [])
HANG = "hang"  # among the faults: this call is never answered


class BluezError(Exception):
    """Answered as the D-Bus error of that name."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(text or name)
        self.name = name if "." in name else f"org.bluez.Error.{name}"


class Calls:
    """Discovery sessions, filters and monitors are kept by the client's bus name, as BlueZ does."""

    def __init__(self, adapter: str, experimental: bool) -> None:
        self.adapter = adapter
        self.experimental = experimental
        self.tree = Tree()
        self.sessions: dict[str, Properties] = {}
        self.filters: dict[str, Properties] = {}
        self.monitors: dict[str, set[str]] = {}
        self.start_faults: list[str] = []
        self.faults: dict[str, list[str]] = {}
        self._frozen: list[Message] | None = None  # the calls that wait until it thaws
        self.starts = 0
        self._answers: dict[str, Callable[[Message], Answer]] = {
            "GetManagedObjects": self._objects,
            "Get": self._get,
            "Set": self._set,
            "SetDiscoveryFilter": self._set_filter,
            "StartDiscovery": self._start_discovery,
            "StopDiscovery": self._stop_discovery,
            "RegisterMonitor": self._register_monitor,
            "UnregisterMonitor": self._unregister_monitor,
        }

    def power(self, on: bool) -> None:
        raise NotImplementedError

    def freeze(self) -> None:
        """Answer nothing until `thaw`, then everything."""
        self._frozen = []

    def waiting(self) -> list[str]:
        """The calls that are not answered, by name, while it is frozen."""
        return [call.member or "" for call in self._frozen or ()]

    def thaw(self) -> None:
        calls, self._frozen = self._frozen or [], None
        for call in calls:
            self._answer(call)

    def forget_clients(self) -> None:
        self.sessions.clear()
        self.filters.clear()
        self.monitors.clear()

    def wants_duplicates(self) -> bool:
        return any(session.get("DuplicateData") for session in self.sessions.values())

    def on_message(self, message: Message) -> bool | None:
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            if not message.body[2]:
                self._client_gone(message.body[0])
            return None
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        # Answer in a turn of its own: what was said on the bus before must be told before.
        asyncio.get_running_loop().call_soon(self._answer, message)
        return True

    def _answer(self, call: Message) -> None:
        if self._frozen is not None:
            self._frozen.append(call)
            return
        try:
            reply = Message.new_method_return(call, *self._answered(call))
        except BluezError as error:
            if str(error) == HANG:
                return
            reply = Message.new_error(call, error.name, str(error))
        self.tree.send(reply)

    def _answered(self, call: Message) -> Answer:
        if call.path != "/" and call.path not in self.tree.objects:
            raise BluezError("org.freedesktop.DBus.Error.UnknownObject", f"no object {call.path}")
        if faults := self.faults.get(call.member or ""):
            raise BluezError(faults.pop(0))
        answer = self._answers.get(call.member or "")
        if answer is None or (call.interface == MONITORS and not self.experimental):
            raise BluezError("org.freedesktop.DBus.Error.UnknownMethod", f"no method {call.member}")
        return answer(call)

    def _client_gone(self, name: str) -> None:
        self.monitors.pop(name, None)
        self.filters.pop(name, None)
        if self.sessions.pop(name, None) is not None and not self.sessions:
            self.tree.change(self.adapter, ADAPTER, {"Discovering": False})

    def _objects(self, call: Message) -> Answer:
        told = {path: packed_all(interfaces) for path, interfaces in self.tree.objects.items() if interfaces}
        return "a{oa{sa{sv}}}", [told]

    def _get(self, call: Message) -> Answer:
        interface, name = call.body
        try:
            return "v", [packed(name, self.tree.objects[call.path or ""][interface][name])]
        except KeyError:
            raise BluezError("org.freedesktop.DBus.Error.InvalidArgs", f"no property {name}") from None

    def _set(self, call: Message) -> Answer:
        interface, name, value = call.body
        if (interface, name) == (ADAPTER, "Powered"):
            self.power(value.value)
        return NOTHING

    def _set_filter(self, call: Message) -> Answer:
        self.filters[call.sender or ""] = {name: value.value for name, value in call.body[0].items()}
        return NOTHING

    def _start_discovery(self, call: Message) -> Answer:
        self.starts += 1
        sender = call.sender or ""
        if not self.tree.objects[self.adapter][ADAPTER]["Powered"]:
            raise BluezError("NotReady", "Resource Not Ready")
        if self.start_faults:
            raise BluezError(self.start_faults.pop(0))
        if sender in self.sessions:
            raise BluezError("InProgress", "Operation already in progress")
        self.sessions[sender] = self.filters.get(sender, {})
        self.tree.change(self.adapter, ADAPTER, {"Discovering": True})
        return NOTHING

    def _stop_discovery(self, call: Message) -> Answer:
        if self.sessions.pop(call.sender or "", None) is None:
            raise BluezError("Failed", "No discovery started")
        if not self.sessions:
            self.tree.change(self.adapter, ADAPTER, {"Discovering": False})
        return NOTHING

    def _register_monitor(self, call: Message) -> Answer:
        self.starts += 1
        if self.start_faults:
            raise BluezError(self.start_faults.pop(0))
        self.monitors.setdefault(call.sender or "", set()).add(call.body[0])
        return NOTHING

    def _unregister_monitor(self, call: Message) -> Answer:
        self.monitors.get(call.sender or "", set()).discard(call.body[0])
        return NOTHING

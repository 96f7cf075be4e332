"""The home as it is configured: who lives there, who is told, which buttons, what each gesture does.

Held in memory so that a press needs no disk; each change is checked, put in force, and written down.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub import messages, pairing, response, typed
from hub.errors import Refusal
from hub.evidence.recipients import settled
from hub.evidence.seal import is_recipient
from hub.gesture import Kind, Timing
from hub.model import KEPT_SEALS, Button, Home
from hub.pairing import kind_of
from hub.passcode import ALPHABET
from hub.people import People, new_id
from hub.ports import Press
from hub.profile import Rule
from hub.response import Action, Response
from hub.store import Actions, Box, Order, Presence, Recipients, Seal, Store
from hub.store.load import Loaded

MOST_RECIPIENTS = 5


class Household(People):
    """`box`: what technicians call this hub. `recipients`: the age public keys that recordings are sealed to, in the
    beginning those of the configuration. `lives_here`: whether the one she is afraid of does, or comes in; None: nobody
    has said it.
    """

    def __init__(self, store: Store, recipients: Iterable[str] = ()) -> None:
        super().__init__(store)
        self.recipients = tuple(recipients)
        self._recipients_known = False
        self.box = "".join(secrets.choice(ALPHABET) for _ in range(4))
        self.buttons: dict[str, Button] = {}
        self.table: Mapping[Kind, Response] = response.DEFAULT
        self.lives_here: bool | None = None
        self._actions: dict[Kind, frozenset[Action]] = {}  # what was chosen; the table follows from it

    def load(self, loaded: Loaded, kept: tuple[str, ...] | None = None) -> None:
        """Take up what the disk has; what was changed before it could be read stays changed.

        `kept`: recipients as the file beside the signing key has them, for a store that does not know; None: no file.
        """
        self.box = loaded.box or self.box
        if self.sealed_to is None:
            known = loaded.recipients, kept, loaded.complete
            self.recipients, self._recipients_known = settled(self.recipients, *known)
        self.home = loaded.home if self.home == Home() else self.home
        self.contacts = {c.id: c for c in loaded.contacts} | self.contacts
        self.technicians = {t.id: t for t in loaded.technicians} | self.technicians
        before = {b.address: b for b in loaded.buttons}
        now = {b.id: _going_on(b, before.pop(b.address, b)) for b in self.buttons.values()}
        self.buttons = {b.id: b for b in before.values()} | now
        self.lives_here = loaded.page.lives_here if self.lives_here is None else self.lives_here
        self._choose(loaded.actions | self._actions)

    def facts(self) -> list[object]:
        """Everything there is, to fill a new file with."""
        people = [*self.contacts.values(), *self.technicians.values(), *self.buttons.values()]
        seals = [Seal(button.id, seal) for button in self.buttons.values() for seal in button.seals]
        return [
            Box(self.box),
            *([] if self.sealed_to is None else [Recipients(self.sealed_to)]),
            self.home,
            *people,
            *(Actions(kind, actions) for kind, actions in self._actions.items()),
            *seals,
            Order(tuple(self.contacts)),
            *([] if self.lives_here is None else [Presence(self.lives_here)]),
        ]

    @property
    def sealed_to(self) -> tuple[str, ...] | None:
        """The recipients; None while nobody knows whether these are the ones that were chosen."""
        return self.recipients if self._recipients_known else None

    def button_at(self, address: str) -> Button | None:
        return next((b for b in self.buttons.values() if b.address == address), None)

    def response_of(self, address: str) -> Mapping[Kind, Response]:
        """What the gestures of this button do: its own table, where it has one, goes before the home's."""
        button = self.button_at(address)
        if button is None or not button.actions:
            return self.table
        return response.with_actions(response.DEFAULT, {**self._actions, **button.actions})

    def timing_of(self, address: str) -> Timing:
        button = self.button_at(address)
        return button.timing if button else Timing()

    def pressed(self, press: Press) -> tuple[str, list[object]]:
        """The button's id ("" if it is none of this home), and what to write down in the press's own transaction."""
        button = self.button_at(press.button)
        if button is None:
            return "", []
        counter = button.counter if press.counter is None else press.counter
        if not press.seal or press.seal in button.seals:
            button = self.buttons[button.id] = replace(button, counter=counter)
            return button.id, [button]
        seals = (*button.seals, press.seal)[-KEPT_SEALS:]
        button = self.buttons[button.id] = replace(button, counter=counter, seals=seals)
        return button.id, [button, Seal(button.id, press.seal)]

    # Changes. Each raises Refusal, having changed nothing.

    def set_home(self, changes: Mapping[str, str]) -> Home:
        """Keys: those of `typed.HOME`; a position is "LAT,LON", "" for none."""
        home = self.home
        for key, text in changes.items():
            home = replace(home, **{key: typed.HOME[key](text)})  # type: ignore[arg-type]
        if excess := messages.overflow(home):
            raise Refusal("home_too_long", units=excess)
        self.home = home
        self._save(home)
        return home

    def add_recipient(self, key: str) -> tuple[str, ...]:
        """From the next second on that is recorded."""
        key = key.strip()
        if not is_recipient(key):
            raise Refusal("bad_recipient")
        return self._seal_to(*(one for one in self.recipients if one != key), key)

    def remove_recipient(self, key: str) -> tuple[str, ...]:
        if key not in self.recipients:
            raise Refusal("unknown_recipient")
        return self._seal_to(*(one for one in self.recipients if one != key))

    def _seal_to(self, *keys: str) -> tuple[str, ...]:
        if len(keys) > MOST_RECIPIENTS:
            raise Refusal("too_many_recipients", most=MOST_RECIPIENTS)
        self.recipients, self._recipients_known = keys, True
        self._save(Recipients(keys))
        return keys

    def set_response(self, gesture: str, actions: Iterable[str], button: str = "") -> Mapping[Kind, Response]:
        """Of the home, or of this button alone; without actions the button does again what the home does."""
        if button:
            return self._set_own_response(self._button(button), kind_of(gesture), list(actions))
        kind = kind_of(gesture)
        wanted = self._chosen(actions)
        self._choose({**self._actions, kind: wanted})
        self._save(Actions(kind, wanted))
        return self.table

    def add_button(
        self,
        address: str,
        name: str = "",
        protocol: str = "bthome",
        worn: bool = True,
        *,
        key: str = "",
        timing: Timing | None = None,
        feedback: bool = False,
        actions: Mapping[str, Iterable[str]] | None = None,
        rules: tuple[Rule, ...] = (),
    ) -> Button:
        button = Button(
            new_id("b", self.buttons),
            pairing.address(address),
            typed.short_name(name),
            pairing.protocol(protocol, rules),
            worn,
            pairing.key(key, protocol),
            timing=timing or Timing(),
            feedback=feedback,
            rules=rules,
            actions={kind_of(gesture): self._chosen(words) for gesture, words in (actions or {}).items()},
        )
        if self.button_at(button.address):
            raise Refusal("duplicate_button", address=button.address)
        return self._keep(button)

    def change_button(
        self,
        id: str,
        *,
        name: str | None = None,
        worn: bool | None = None,
        key: str | None = None,
        timing: Timing | None = None,
        feedback: bool | None = None,
    ) -> Button:
        """What is None stays; a key "" is none from now on."""
        button = self._button(id)
        return self._keep(
            replace(
                button,
                name=button.name if name is None else typed.short_name(name),
                worn=button.worn if worn is None else worn,
                key=button.key if key is None else pairing.key(key, button.protocol),
                timing=timing or button.timing,
                feedback=button.feedback if feedback is None else feedback,
            )
        )

    def set_period(self, address: str, seconds: float) -> None:
        """It was seen to give a sign of life so often; kept, so that it is missed if it is dead at the next start."""
        button = self.button_at(address)
        if button and button.period != seconds:
            self._keep(replace(button, period=seconds))

    def remove_button(self, id: str) -> Button:
        return self._removed(self.buttons, "buttons", id, "unknown_button")

    def _set_own_response(self, button: Button, kind: Kind, words: list[str]) -> Mapping[Kind, Response]:
        actions = {other: chosen for other, chosen in button.actions.items() if other is not kind}
        if words:
            actions[kind] = self._chosen(words)
        self._keep(replace(button, actions=actions))
        return self.response_of(button.address)

    def set_presence(self, lives_here: bool) -> Mapping[Kind, Response]:
        """Where he lives or comes in: no siren, in no row. Where he no longer does: a hold sounds it again."""
        before, self.lives_here = self.lives_here, lives_here
        if lives_here == before:
            return self.table
        hold = self.table[Kind.HOLD].actions
        if lives_here:
            self._choose(_silent({Kind.HOLD: hold, **self._actions}))
            self.buttons |= {one.id: replace(one, actions=_silent(one.actions)) for one in self.buttons.values()}
        elif before:
            self._choose({**self._actions, Kind.HOLD: hold | {Action.SIREN}})
        chosen = [Actions(kind, actions) for kind, actions in self._actions.items()]
        self._save(*chosen, *self.buttons.values(), Presence(lives_here))
        return self.table

    def _chosen(self, words: Iterable[str]) -> frozenset[Action]:
        actions = response.chosen(words)
        if self.lives_here and Action.SIREN in actions:
            raise Refusal("siren_lives_here")
        return actions

    def _button(self, id: str) -> Button:
        if id not in self.buttons:
            raise Refusal("unknown_button", id=id)
        return self.buttons[id]

    def _keep(self, button: Button) -> Button:
        self.buttons[button.id] = button
        self._save(button)
        return button

    def _choose(self, actions: dict[Kind, frozenset[Action]]) -> None:
        self._actions = actions
        self.table = response.with_actions(response.DEFAULT, actions)


def _silent(actions: Mapping[Kind, frozenset[Action]]) -> dict[Kind, frozenset[Action]]:
    return {kind: chosen - {Action.SIREN} for kind, chosen in actions.items()}


def _going_on(button: Button, before: Button) -> Button:
    """Added again while the disk could not be read: what it sealed before still never acts twice."""
    seals = tuple(dict.fromkeys((*before.seals, *button.seals)))[-KEPT_SEALS:]
    return replace(button, seals=seals, counter=before.counter if button.counter is None else button.counter)

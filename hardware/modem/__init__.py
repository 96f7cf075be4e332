"""The hub's own way out: an LTE modem behind ModemManager. docs/modem.md says what that does with it."""

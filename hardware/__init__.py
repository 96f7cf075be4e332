"""Devices. Each fulfils a Protocol of `hub.ports` and decides nothing."""

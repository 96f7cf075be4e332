"""Buttons that advertise: from the bytes of an advert to presses."""

"""Devices that are not there: the demo and the scenario tests press, hear and see them."""

"""Whole stories: a real frame on a real D-Bus in, five people's telephones out, the daemon killed in between."""

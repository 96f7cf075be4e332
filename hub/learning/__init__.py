"""Learns a button whose protocol is not published: asks for gestures, listens, and finds what tells them apart."""

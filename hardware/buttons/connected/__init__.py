"""Buttons that have to be connected to be heard: links, and what is said over them."""

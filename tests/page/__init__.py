"""The gate of the page: pure machines on a clock set by hand, and the commands over it."""

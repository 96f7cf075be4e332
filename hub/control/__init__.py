"""The control socket: what the command line and the page may ask of the daemon."""

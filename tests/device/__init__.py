"""install.sh on a real Debian in a folder, started with a real systemd: `./install.sh test tests/device`."""

"""The radio the buttons talk to: from adverts in the air to presses."""

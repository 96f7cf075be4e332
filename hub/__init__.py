"""The hub: from a press of the button to messages, calls, e-mails, the siren and the recording."""

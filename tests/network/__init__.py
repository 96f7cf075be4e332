"""The built-in telephone network: Twilio's real client, a real mail client, and Twilio's own description."""

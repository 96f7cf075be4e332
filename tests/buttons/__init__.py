"""The button radio: decoder, memory, and real bleak on a simulated BlueZ."""

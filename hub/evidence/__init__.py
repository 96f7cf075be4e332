"""The recording of the room: segment → seal → write, each bytes to bytes, in a process of its own."""

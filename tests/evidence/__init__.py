"""The recorder, on the real PyAudio and a private PulseAudio."""

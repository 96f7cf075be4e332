"""A microphone through PyAudio. Each stream gets a fresh PortAudio: so a replugged microphone is found."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

import pyaudio

from hub.errors import DeviceError
from hub.model import Deliver

BLOCKS_PER_SECOND = 10
OLDEST_SECONDS = 30.0  # a host that says more, or less than nothing, does not know


class PyAudioMicrophone:
    """`name` is a part of the device's name; empty: the default input."""

    def __init__(self, name: str, rate: int) -> None:
        self.rate = rate
        self.lost = 0
        self._name = name
        self._audio: pyaudio.PyAudio | None = None
        self._stream: pyaudio.Stream | None = None

    def check(self) -> None:
        """Look for the device and ask whether it knows the rate."""
        with _explained(), _quiet():
            audio = pyaudio.PyAudio()
            try:
                audio.is_format_supported(
                    self.rate, input_device=self._find(audio), input_channels=1, input_format=pyaudio.paInt16
                )
            finally:
                audio.terminate()

    def open(self, deliver: Deliver) -> None:
        """Start the stream."""
        self.lost = 0

        def hear(block: bytes | None, _frames: int, times: Mapping[str, float], flags: int) -> tuple[None, int]:
            if flags & pyaudio.paInputOverflow:
                self.lost += 1
            if block:
                deliver(block, _age(times))
            return None, pyaudio.paContinue

        try:
            with _explained(), _quiet():
                self._audio = pyaudio.PyAudio()
                self._stream = self._audio.open(
                    rate=self.rate,
                    channels=1,
                    format=pyaudio.paInt16,
                    input=True,
                    input_device_index=self._find(self._audio),
                    frames_per_buffer=self.rate // BLOCKS_PER_SECOND,
                    stream_callback=hear,
                )
        except DeviceError:
            self.close()
            raise

    def active(self) -> bool:
        """Ask PortAudio; it notices a device that is gone within a second, or never."""
        try:
            return self._stream is not None and bool(self._stream.is_active())
        except OSError:
            return False

    def close(self) -> None:
        """Give the stream and PortAudio back."""
        stream, self._stream = self._stream, None
        audio, self._audio = self._audio, None
        with contextlib.suppress(OSError), _quiet():
            if stream:
                stream.close()
        with contextlib.suppress(OSError), _quiet():
            if audio:
                audio.terminate()

    def _find(self, audio: pyaudio.PyAudio) -> int:
        if not self._name:
            return int(audio.get_default_input_device_info()["index"])
        for index in range(audio.get_device_count()):
            device: Mapping[str, Any] = audio.get_device_info_by_index(index)
            if self._name in str(device["name"]) and device["maxInputChannels"]:
                return index
        raise DeviceError("microphone not found")


def _age(times: Mapping[str, float]) -> float | None:
    """By the device's own count of what waits in its buffers: a callback that comes late does not disturb it."""
    age = times["current_time"] - times["input_buffer_adc_time"]
    return age if 0 < age < OLDEST_SECONDS else None


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as problem:  # PyAudio: ("Invalid sample rate", -9997), either way round
        words = [str(part) for part in problem.args if isinstance(part, str)]
        raise DeviceError(f"microphone: {' '.join(words) or 'unknown error'}") from problem


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the page of ALSA and JACK complaints that every opening prints out of the journal."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

"""One second of sound as one complete FLAC file, built in memory. Imports numpy: for the child only."""

import io

import numpy as np
import soundfile

SAMPLE_BYTES = 2
SILENCE_DB = -120.0


def encode(samples: bytes, rate: int, comment: str) -> bytes:
    """Return a FLAC file; lossless, so files put one behind the other join sample by sample."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate, 1, "PCM_16", format="FLAC") as sound:
        sound.comment = comment
        sound.buffer_write(samples, "int16")
    return file.getvalue()


def decode(segment: bytes) -> tuple[bytes, int, str]:
    """Return samples, rate and comment. Raises ValueError when this is not a whole FLAC file."""
    try:
        with soundfile.SoundFile(io.BytesIO(segment)) as sound:
            samples = bytes(sound.buffer_read(dtype="int16"))
            promised, rate, comment = sound.frames, sound.samplerate, sound.comment
    except soundfile.LibsndfileError as problem:
        raise ValueError(str(problem)) from problem
    if len(samples) != promised * SAMPLE_BYTES:
        raise ValueError(f"{len(samples) // SAMPLE_BYTES} of {promised} samples")
    return samples, rate, comment


def level(samples: bytes) -> float:
    """Return the loudness in dB below full scale."""
    values = np.frombuffer(samples, "<i2").astype(np.float64) / 32768.0
    power = float(np.mean(values**2)) if len(values) else 0.0
    return round(10 * float(np.log10(power)), 1) if power > 1e-12 else SILENCE_DB

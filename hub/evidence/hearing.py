"""Opens a recording for whoever has the private key: one uncut FLAC, its hash, and a picture. Not for the daemon.

Nothing is added and nothing left out: where sound is missing the seconds join, and the picture shows where and why.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import soundfile

from hub.evidence.folder import SEGMENT, digest, events, numbered
from hub.evidence.picture import Stretch, picture
from hub.evidence.seal import Seal, unseal_with
from hub.evidence.segment import decode
from hub.evidence.verify import Flaw

WIDTH = 50  # points of the picture for each second


@dataclass(frozen=True, slots=True)
class Heard:
    """`sound`, `hash`, `picture`: files; `flaws`: what the seconds themselves say against the recording."""

    sound: Path
    hash: Path
    picture: Path
    flaws: tuple[Flaw, ...]


def hear(folder: Path, destination: Path, identity: str = "") -> Heard:
    """`identity`: AGE-SECRET-KEY-1…, several where it was sealed to others in the middle; "" when it was not sealed.

    Raises OSError, and ValueError when no second can be opened.
    """
    unseal = unseal_with(identity) if identity else bytes
    flaws: list[Flaw] = []
    stretches: list[Stretch] = []
    sound = destination / f"{folder.name}.flac"
    rate = _rate(folder)
    with soundfile.SoundFile(sound, "w", rate, 1, "PCM_16", format="FLAC") as file:
        for utc, mono, samples in _seconds(folder, unseal, flaws):
            file.buffer_write(samples, "int16")
            stretches.append(Stretch.of(utc, mono, samples, rate, WIDTH))
    if not stretches:
        sound.unlink()
        raise ValueError("no second of it can be opened with this key")
    hash = destination / f"{sound.name}.sha256"
    hash.write_text(f"{digest(sound.read_bytes())}  {sound.name}\n")
    image = destination / f"{folder.name}.svg"
    gaps = [event for event in events(folder) if event.get("what") == "gap"]
    image.write_text(picture(folder.name, stretches, gaps), "utf-8")
    return Heard(sound, hash, image, tuple(flaws))


def _seconds(folder: Path, unseal: Seal, flaws: list[Flaw]) -> Iterator[tuple[str, float, bytes]]:
    """Both times and the samples of each, in order; checks what only whoever opens it can see."""
    before = ""
    for number, path in numbered(folder, SEGMENT).items():
        sealed = path.read_bytes()
        try:
            samples, _, said = decode(unseal(sealed) if path.suffix == ".age" else sealed)
            comment = json.loads(said)
            if (comment["recording"], comment["n"]) != (folder.name, number):
                flaws.append(Flaw("foreign", path.name))
            elif comment["prev"] != before:
                flaws.append(Flaw("chain", path.name))
            yield str(comment["utc"]), _finite(comment["mono"]), samples
        except (ValueError, KeyError, TypeError):
            flaws.append(Flaw("unplayable", path.name))
        before = digest(sealed)


def _finite(said: object) -> float:
    if not isinstance(said, int | float) or not math.isfinite(said):
        raise ValueError("no time")
    return float(said)


def _rate(folder: Path) -> int:
    return next((rate for event in events(folder) if isinstance(rate := event.get("rate"), int)), 16000)

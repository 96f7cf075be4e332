"""A courier to be started by the tests: `courier_process.py CONFIGURATION HASTE`; a minute is 60 / HASTE seconds."""

import sys
from pathlib import Path

from hub.config import load
from hub.evidence import background, carrying, errands

if __name__ == "__main__":
    config, haste = load(Path(sys.argv[1])), float(sys.argv[2])
    errands.LATE, errands.IDLE, errands.CHECK_EACH = (
        seconds / haste for seconds in (errands.LATE, errands.IDLE, errands.CHECK_EACH)
    )
    background.NICE = 0  # a busy machine has other tests beside
    sys.exit(carrying.main(config.evidence, config.state.dir / "evidence"))

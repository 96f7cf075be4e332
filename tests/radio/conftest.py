"""The stories are for the guest: only there are they collected."""

import os

collect_ignore = [] if "VIRTUAL_RADIO" in os.environ else ["stories"]

"""`hub demo`: the whole hub on simulated devices, a telephone network and a page, each a process of its own."""

from hub.demo.plan import Plan
from hub.demo.stage import run

__all__ = ["Plan", "run"]

"""What is of this moment: whether an alert would get out now, on every page, and the parts that renew themselves."""

from typing import Any

from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue

from hub.client import Refused
from web import lines
from web.failures import ENDED


def install(app: Flask) -> None:
    app.context_processor(lambda: {"now": now})


def now() -> dict[str, Any] | None:
    """{"ok": bool, "sentence": str}, or None where the hub does not tell."""
    try:
        return dict(setup()["now"])
    except Refused as refusal:
        if refusal.code in ENDED:
            raise
        return None


def setup() -> dict[str, Any]:
    """How far the set-up is; asked once for each page."""
    if "setup" not in g:
        g.setup = lines.control().ask("setup")
    return dict(g.setup)


def regions(**parts: str) -> ResponseReturnValue:
    """Ready to be put in place, each by its id; the sentence at the top with them."""
    return {"regions": {"now": render_template("_now.html"), **parts}}

"""What a page says when it cannot be shown: the hub is silent, the login is over, there is no such page."""

from flask import Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from hub.client import Refused, Unreachable

ENDED = frozenset({"log_in", "page_closed"})  # the hub's refusals to somebody whose login is over


def install(app: Flask) -> None:
    app.register_error_handler(Unreachable, say_that_the_hub_is_silent)
    app.register_error_handler(Refused, say_what_was_refused)
    app.register_error_handler(CSRFError, say_that_the_form_is_too_old)
    app.register_error_handler(HTTPException, say_what_went_wrong)


def say_that_the_hub_is_silent(_error: Unreachable) -> ResponseReturnValue:
    if request.path.endswith(".json"):
        return {"regions": {}}, 503
    return render_template("silent.html"), 503


def say_what_was_refused(error: Refused) -> ResponseReturnValue:
    if error.code in ENDED:
        return begin_again()
    return render_template("failure.html", sentence=str(error)), 409


def begin_again() -> ResponseReturnValue:
    """The login is over: by its time, by another login, or with the window."""
    session.clear()
    if request.path.endswith(".json"):
        return {"regions": {}}, 401
    return redirect(url_for("door.show"), 303)


def say_that_the_form_is_too_old(_error: CSRFError) -> ResponseReturnValue:
    sentence = gettext("This page was open for too long. Nothing was changed; please open it again.")
    return render_template("failure.html", sentence=sentence), 400


def say_what_went_wrong(error: HTTPException) -> ResponseReturnValue:
    sentences = {
        404: gettext("There is no such page."),
        405: gettext("There is no such page."),
        413: gettext("That was too long. Nothing was changed."),
    }
    sentence = sentences.get(error.code or 0, gettext("This was not understood. Nothing was changed."))
    return render_template("failure.html", sentence=sentence), error.code or 500

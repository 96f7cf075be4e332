"""Which language a page is in: `?lang=`, then what was chosen before, then what the browser prefers."""

from pathlib import Path

from flask import Flask, Response, request
from flask_babel import Babel

LANGUAGES = ("fr", "en")
COOKIE = "lang"
ONE_YEAR = 365 * 24 * 3600
NAMES = {"fr": "Français", "en": "English"}


def install(app: Flask) -> None:
    Babel(
        app,
        default_translation_directories=str(Path(__file__).parent / "translations"),
        locale_selector=chosen,
    )
    app.after_request(remember)
    app.context_processor(lambda: {"language": chosen(), "language_names": NAMES, "here": here()})


def chosen() -> str:
    for language in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if language in LANGUAGES:
            return language
    return request.accept_languages.best_match(LANGUAGES, default="en")


def here() -> str:
    """This page in another language; where it was the answer to a form, and cannot be opened, the status."""
    methods = request.url_rule.methods if request.url_rule else None
    return "" if methods is None or "GET" in methods else "/status"


def remember(response: Response) -> Response:
    language = request.args.get("lang")
    if language in LANGUAGES:
        secure = request.is_secure
        response.set_cookie(COOKIE, language, max_age=ONE_YEAR, httponly=True, samesite="Strict", secure=secure)
    return response

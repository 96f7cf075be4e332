"""Who gets through: named endpoints only, for named roles only, under known host names only."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that a browser says "Origin: null" even to ourselves. Nobody else gets one either way.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    # No Strict-Transport-Security: under it a browser refuses the hub's own certificate without a word.
}

TECHNICIAN = frozenset({"technician"})
MEMBERS = TECHNICIAN | {"wearer"}
EVERYBODY = MEMBERS | {""}
OPEN_FILES = frozenset({"busy.js", "door.css", "icon.svg"})  # the others tell what this hub is for


def guard(app: Flask, hosts: frozenset[str]) -> None:
    app.extensions["hub_hosts"] = hosts
    app.extensions["hub_endpoints"] = {"static": EVERYBODY}
    app.before_request(refuse_strange_hosts)
    app.before_request(refuse_strange_forms)
    app.before_request(ask_for_a_login)
    app.before_request(refuse_unnamed_endpoints)
    app.after_request(add_headers)
    app.context_processor(lambda: {"role": role()})


def allow(app: Flask, endpoints: frozenset[str], roles: frozenset[str] = TECHNICIAN) -> None:
    """Let these roles through to these endpoints; a view that nobody named here is not found."""
    app.extensions["hub_endpoints"] |= dict.fromkeys(endpoints, roles)


def role() -> str:
    """What whoever asks is logged in as; "": not at all. The hub itself enforces what each may do."""
    if not current_app.extensions["hub"].login:
        return "technician"
    return str(session.get("role", ""))


def may(endpoint: str) -> bool:
    return role() in current_app.extensions["hub_endpoints"].get(endpoint, ())


def refuse_strange_hosts() -> None:
    """A name that was made to point here would let another site read the page; an address cannot be."""
    host = host_name(request.host)
    if host not in current_app.extensions["hub_hosts"] and not is_address(host):
        abort(400)


def refuse_strange_forms() -> None:
    """A form of another site, even where the other site has got hold of a token. Old browsers say the referrer only."""
    if request.method != "POST":
        return
    sender = urlsplit(request.headers.get("Origin") or request.headers.get("Referer") or "")
    if (sender.scheme, sender.netloc) != (request.scheme, request.host):
        abort(400)


def ask_for_a_login() -> ResponseReturnValue | None:
    """Whoever is nobody gets the same answer for what exists and for what does not."""
    named = may(request.endpoint or "")
    hidden = request.endpoint == "static" and (request.view_args or {}).get("filename") not in OPEN_FILES
    if role() or (named and not hidden):
        return None
    if request.path.endswith(".json"):
        return {"regions": {}}, 401
    return redirect(url_for("door.show"), 303)


def refuse_unnamed_endpoints() -> None:
    if not may(request.endpoint or ""):
        abort(404)


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def host_name(host: str) -> str:
    """The host without its port: "[::1]:8080" is "::1"."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

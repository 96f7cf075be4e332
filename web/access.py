"""Who gets through: named endpoints only, under known host names only, and what a page may do."""

from ipaddress import ip_address

from flask import Flask, Response, abort, current_app, request

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def guard(app: Flask, hosts: frozenset[str]) -> None:
    app.extensions["hub_hosts"] = hosts
    app.extensions["hub_endpoints"] = {"static"}
    app.before_request(refuse_strange_hosts)
    app.before_request(refuse_unnamed_endpoints)
    app.after_request(add_headers)


def allow(app: Flask, endpoints: frozenset[str]) -> None:
    """Let these endpoints through; a view that nobody named here is not found."""
    app.extensions["hub_endpoints"] |= endpoints


def refuse_strange_hosts() -> None:
    """A name that was made to point here would let another site read the page; an address cannot be."""
    host = host_name(request.host)
    if host not in current_app.extensions["hub_hosts"] and not is_address(host):
        abort(400)


def refuse_unnamed_endpoints() -> None:
    if request.endpoint not in current_app.extensions["hub_endpoints"]:
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

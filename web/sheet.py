"""The sheet that is handed over, with what one compares: the fingerprints of the certificate and of the recordings."""

import hashlib
import ssl
from io import BytesIO
from pathlib import Path

import segno
from flask import Blueprint, Flask, Response, abort, current_app, render_template

from web import access, lines

blueprint = Blueprint("sheet", __name__)


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    access.allow(app, frozenset({"sheet.sheet", "sheet.code"}))


@blueprint.get("/sheet")
def sheet() -> str:
    line = lines.control()
    keys = line.ask("evidence keys")
    return render_template(
        "setup/sheet.html",
        home=line.ask("home")["home"],
        contacts=line.ask("contacts")["contacts"],
        technicians=line.ask("technicians")["technicians"],
        buttons=line.ask("buttons")["buttons"],
        rows=line.ask("response")["response"],
        keys=keys["keys"],
        signed_by=keys.get("signed_by"),
        certificate=_fingerprint(),
    )


@blueprint.get("/sheet/code.svg")
def code() -> Response:
    """The certificate's fingerprint for a telephone's camera."""
    text = _fingerprint()
    if not text:
        abort(404)
    image = BytesIO()
    segno.make_qr(text, error="m").save(image, kind="svg", scale=4, border=4, xmldecl=False, light="#ffffff")
    return Response(image.getvalue(), mimetype="image/svg+xml")


def _fingerprint() -> str:
    """SHA-256 as browsers show it: AB:CD:…; "" where the pages have no certificate of their own."""
    path: Path | None = current_app.extensions["hub"].certificate
    if path is None:
        return ""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(path.read_text())).digest().hex(":").upper()

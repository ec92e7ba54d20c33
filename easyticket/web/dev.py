"""The development mailbox: mails that were written to MAIL_DIR. Off in production."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, render_template, send_file
from flask.typing import ResponseReturnValue

from easyticket.http.auth import development_only
from easyticket.queries.mailbox import get_attachment, get_mail, list_mails

blueprint = Blueprint("dev", __name__, url_prefix="/dev")

# A mail carries its styles in attributes and may do nothing but be seen; its links open in the whole window.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


@blueprint.get("/mailbox/")
@development_only
def mailbox() -> ResponseReturnValue:
    """List the latest mails."""
    return render_template("dev/mailbox.html", mails=list_mails())


@blueprint.get("/mailbox/<name>/")
@development_only
def mail(name: str) -> ResponseReturnValue:
    """Show one mail with its text, its links and its files."""
    return render_template("dev/mail.html", mail=get_mail(name))


@blueprint.get("/mailbox/<name>/html/")
@development_only
def mail_html(name: str) -> Response:
    """Show the HTML part alone, for the frame of the page above: locked in by a policy of its own."""
    html = get_mail(name).html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, headers={"Content-Security-Policy": _MAIL_POLICY})


@blueprint.get("/mailbox/<name>/files/<int:number>/")
@development_only
def mail_file(name: str, number: int) -> Response:
    """Download a file that came with a mail; it is never shown as a page of this site."""
    file = get_attachment(name, number)
    answer = send_file(
        BytesIO(file.content), mimetype=file.content_type, as_attachment=True, download_name=file.name
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer

"""What a person reads at the terminal once EasyTicket runs: the address, the demo accounts, where mail and jobs go."""

from __future__ import annotations

from urllib.parse import urlsplit

from config import ROOT, Settings

HOST = "127.0.0.1"
DEMO_ACCOUNTS = {
    "admin@easyticket.example": "runs the site",
    "organizer@easyticket.example": "organizes most of the events",
    "attendee@easyticket.example": "has tickets",
}
DEMO_PASSWORD = "Demo-password-1"  # noqa: S105 (public: it is printed at the start)


def greeting(settings: Settings) -> list[str]:
    """Return the lines a person reads when EasyTicket is up."""
    address = f"http://{HOST}:{settings.port}"
    lines = [f"EasyTicket runs at {address}"]
    if settings.public_url != address:
        lines.append(f"Links in mails and on tickets begin with {settings.public_url}")
    if settings.demo:
        lines += ["", f"Demo accounts, all with the password {DEMO_PASSWORD}:"]
        lines += [f"  {email:<30}{role}" for email, role in DEMO_ACCOUNTS.items()]
    lines += ["", f"Mail goes to {_mail_goes_to(settings, address)}"]
    if settings.redis_url:
        lines.append(
            "Jobs are handed to workers through Redis (.venv/bin/flask worker); what they leave is done here."
        )
    return [*lines, "Ctrl-C stops it."]


def _mail_goes_to(settings: Settings, address: str) -> str:
    if settings.mail_url:
        return f"the mail server {urlsplit(settings.mail_url).hostname}"
    folder = settings.mail_dir
    if folder.is_relative_to(ROOT):
        folder = folder.relative_to(ROOT)
    shown = "" if settings.is_production else f", shown at {address}/dev/mailbox/"
    return f"the folder {folder}{shown}"

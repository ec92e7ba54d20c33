"""Settings for tests, independent of the environment the tests run in."""

from __future__ import annotations

from pathlib import Path

from config import Settings, load_settings

PUBLIC_URL = "http://tickets.example"


def settings_for_tests(folder: Path, **variables: str) -> Settings:
    """Return settings with mails and files in `folder`. PUBLIC_URL is not the address requests are sent to: links made
    from the Host header would show."""
    return load_settings(
        {
            "EASYTICKET_ENV": "testing",
            "PUBLIC_URL": PUBLIC_URL,
            "MAIL_DIR": str(folder / "mail"),
            "STORAGE_DIR": str(folder / "storage"),
            "RATELIMIT_ENABLED": "false",
            **variables,
        }
    )

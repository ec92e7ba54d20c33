"""A folder of mails, one .eml file each: written by the mailer, read by the development mailbox."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from easyticket.core import clock
from easyticket.integrations.files import write_whole

# 20261212T180000.000000Z-<uuid of the Message-ID>.eml: sorts by time, and one mail has one name.
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f-]{36}\.eml")
_TIME = "%Y%m%dT%H%M%S.%fZ"
_MESSAGE_UUID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")


@dataclass(frozen=True, slots=True)
class MailFolder:
    """The mails in `path`, which is made when the first one is written."""

    path: Path

    def write(self, message: EmailMessage) -> str:
        """Keep the mail and return its name. A mail with the same Message-ID is replaced, never doubled.

        :raises OSError: the disk is full or may not be written; then nothing half-written is left.
        """
        name = self._name_of(message)
        write_whole(self.path / name, message.as_bytes())
        return name

    def names(self) -> list[str]:
        """Return the names of all mails, newest first."""
        if not self.path.is_dir():
            return []
        return sorted(
            (entry.name for entry in self.path.iterdir() if _NAME.fullmatch(entry.name)), reverse=True
        )

    def read(self, name: str, *, headers_only: bool = False) -> EmailMessage | None:
        """Return a mail by its name, or None. Anything that is not the name of a mail here finds nothing."""
        # A name of this form has no slash and no second dot: it cannot lead out of the folder.
        path = self.path / name
        if not _NAME.fullmatch(name) or not path.is_file():
            return None
        with path.open("rb") as file:
            return BytesParser(EmailMessage, policy=policy.default).parse(file, headersonly=headers_only)

    def written_at(self, name: str) -> datetime:
        """Return when a mail was written first (UTC), by its name."""
        return datetime.strptime(name.partition("Z-")[0] + "Z", _TIME).replace(tzinfo=UTC)

    def _name_of(self, message: EmailMessage) -> str:
        found = _MESSAGE_UUID.match(message["Message-ID"] or "")
        if found is None:
            raise ValueError("a mail needs a Message-ID made of a UUID")
        ending = f"-{found[1]}.eml"
        earlier = [name for name in self.names() if name.endswith(ending)]
        return earlier[0] if earlier else f"{clock.now():{_TIME}}{ending}"

"""EasyTicket as people meet it: a process started as `make run` starts it, on a free port, with its own data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.servers.parts import ending_with_the_tests, free_port

ROOT = Path(__file__).resolve().parents[2]
READY = "EasyTicket runs at"
START_SECONDS = 90


class EasyTicketServer:
    """One server with its own database, mails and files in `folder`. `kill` it, `start` it again: the data stays."""

    module = "easyticket.cli.serve"

    def __init__(self, folder: Path, database_url: str, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mail_dir = folder / "mail"
        self.environment = {
            "EASYTICKET_ENV": "development",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "DATABASE_URL": database_url,
            "MAIL_DIR": str(self.mail_dir),
            "STORAGE_DIR": str(folder / "storage"),
            "RATELIMIT_ENABLED": "false",
            "DEMO": "false",
            **environment,
        }
        self.output: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Return when requests are answered.

        :raises RuntimeError: with the output of the process, which did not come up.
        """
        ready = threading.Event()
        self.process = subprocess.Popen(
            ending_with_the_tests([sys.executable, "-m", self.module]),
            cwd=ROOT,
            env=clean_environment() | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_output, args=(self.process, ready), daemon=True)
        self._reader.start()
        if not ready.wait(START_SECONDS) or self.process.poll() is not None:
            self.kill()
            raise RuntimeError("EasyTicket did not start:\n" + "".join(self.output))

    def _read_output(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line)
            if line.startswith(READY):
                ready.set()
        ready.set()

    def stop(self) -> int:
        """Stop it as Ctrl-C does and return its exit status."""
        return self._end(signal.SIGINT)

    def kill(self) -> None:
        """End all its processes at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        status = self.process.wait(timeout=30)
        self._reader.join(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return status

    def mails(self) -> list[EmailMessage]:
        """Return the mails sent so far, the oldest first."""
        return read_mails(self.mail_dir)


def read_mails(folder: Path) -> list[EmailMessage]:
    """Return the .eml files of `folder` as messages, the oldest first."""
    files = sorted(folder.glob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    messages = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [message for message in messages if isinstance(message, EmailMessage)]


def clean_environment() -> dict[str, str]:
    """Return what a process needs of this one's environment, without any setting of EasyTicket."""
    needed = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in needed if name in os.environ} | {"FLASK_SKIP_DOTENV": "1"}

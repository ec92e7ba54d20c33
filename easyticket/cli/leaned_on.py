"""What EasyTicket leans on outside itself, tried out: each question gives a sentence that names the setting at fault, or nothing.

Asked before every start, and by `flask doctor`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import AuthenticationError, ConnectionError, RedisError, TimeoutError

from config import Settings

# Seconds to wait for another party.
TIMEOUT = 5


def faults_of(settings: Settings) -> Iterator[str]:
    """Give what would keep EasyTicket from working although it starts: folders it cannot write into, a silent Redis."""
    folders = {"STORAGE_DIR": settings.storage_dir}
    if not settings.mail_url:
        folders["MAIL_DIR"] = settings.mail_dir
    for name, folder in folders.items():
        if fault := folder_fault(name, folder):
            yield fault
    if settings.redis_url and (fault := redis_fault(settings.redis_url)):
        yield fault


def folder_fault(name: str, folder: Path) -> str:
    """Return why the folder that the setting `name` gives takes no files, or nothing. It is made where it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"{name}: nothing can be written into {folder} ({error.strerror})"


def redis_fault(url: str) -> str:
    """Return why the Redis at `url` cannot be used, or nothing."""
    try:
        with Redis.from_url(url, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT) as connection:
            connection.ping()
    except AuthenticationError:
        return f"REDIS_URL: {redis_place(url)} does not take the password"
    except (ConnectionError, TimeoutError):
        return f"REDIS_URL: nobody answers at {redis_place(url)}"
    except (RedisError, ValueError) as error:
        return f"REDIS_URL: {redis_place(url)} cannot be used ({error})"
    return ""


def redis_place(url: str) -> str:
    """Return where a Redis is, without user and password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path

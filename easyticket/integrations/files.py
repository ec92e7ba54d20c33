"""Writing a file whole or not at all, so that a power cut or a full disk never leaves half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Where something is half-written; a process that is killed leaves it behind.
PART_PREFIX, PART_SUFFIX = ".", ".part"


def write_whole(path: Path, content: bytes) -> None:
    """Make `path` (and its folder) hold `content`, replacing what was there; durable when this returns.

    :raises OSError: it could not be written; then what was there before is unchanged and nothing is left over.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=PART_PREFIX, suffix=PART_SUFFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    # The new name itself must survive a power cut, too.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

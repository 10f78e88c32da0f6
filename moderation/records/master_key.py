"""The file of the master key: made once, read, and replaced by its successor.

Used by `house/opened.py` and `house/rotation.py`; what the key does stands in `vault.py`.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from moderation.records.vault import KEY_BYTES, BadKey


class NoKey(BadKey):
    """There is no master key's file."""


def make_master_key(path: Path) -> bytes:
    """A new master key in that file, readable by its owner only; the one that is there, if one is.

    For records that nothing was ever sealed in. Raises what `read_master_key` raises.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return read_master_key(path)
    with os.fdopen(handle, "wb") as file:
        key = os.urandom(KEY_BYTES)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    _sync_directory(path.parent)
    return key


def read_master_key(path: Path) -> bytes:
    """The master key in that file.

    Raises:
        NoKey: There is no such file.
        BadKey: Others may read the file, it is no plain file, or it holds no key.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NoKey(f"{path} is not there") from None
    except OSError as error:
        raise BadKey(f"{path} cannot be read: {error.strerror}") from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise BadKey(f"{path} is no plain file")
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise BadKey(f"{path} can be read by others: chmod 600 it, and think of a new key")
        key = os.read(handle, KEY_BYTES + 1)
    finally:
        os.close(handle)
    if len(key) != KEY_BYTES:
        raise BadKey(f"{path} does not hold a key of {KEY_BYTES} bytes")
    return key


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

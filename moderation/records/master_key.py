"""The file of the master key: made once, read, and replaced by its successor.

Used by `house/ground.py` and `house/rotation.py`; what the key does stands in `vault.py`.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from moderation.records.vault import KEY_BYTES, KEY_LENGTHS, BadKey


class NoKey(BadKey):
    """There is no master key's file."""


def make_master_key(path: Path) -> bytes:
    """A new master key in that file, readable by its owner only; the one that is there, if one is.

    For records that nothing was ever sealed in. Raises what `read_master_key` raises.
    """
    key = os.urandom(KEY_BYTES)
    try:
        _write(path, key)
    except FileExistsError:
        return read_master_key(path)
    return key


def write_coming_key(path: Path, key: bytes) -> None:
    """Put the successor of the key in that file beside it, in the place of one never used."""
    coming_of(path).unlink(missing_ok=True)
    _write(coming_of(path), key)


def set_aside(path: Path, now: int) -> Path:
    """Have the key in that file in a second one too, whose name has the time in milliseconds.

    It shares nothing with the first: whoever shreds it leaves that whole. Done twice it changes
    nothing.
    """
    aside = path.with_name(f"{path.name}.before-{now}")
    with contextlib.suppress(FileExistsError):
        _write(aside, read_master_key(path))
    return aside


def take_over(path: Path) -> None:
    """Put the coming key in the place of that one; nothing, if somebody else just did."""
    with contextlib.suppress(FileNotFoundError):
        coming_of(path).replace(path)
    _sync_directory(path.parent)


def coming_of(path: Path) -> Path:
    """Where the successor of the key in that file lies until it is in force."""
    return path.with_name(f"{path.name}.coming")


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
        key = os.read(handle, max(KEY_LENGTHS) + 1)
    finally:
        os.close(handle)
    if len(key) not in KEY_LENGTHS:
        raise BadKey(f"{path} does not hold a key of {KEY_BYTES} bytes")
    return key


def _write(path: Path, key: bytes) -> None:
    """A new file that only its owner can read; raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

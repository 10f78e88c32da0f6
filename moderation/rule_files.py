"""Rule files on disk: what they say, where in them a rule stands, and whether they changed.

A shell, used by `moderation/rulebook.py` and by whoever loads rules.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from moderation.linear import network_store, store
from moderation.rules import LexiconError

_LEARNT = store.SHIPPED, network_store.SHIPPED


def of_folder(directory: Path) -> dict[Path, str]:
    """What every rule file of a folder says, always in the same order.

    Raises:
        LexiconError: one cannot be read.
    """
    paths = sorted(directory.rglob("*.toml"), key=lambda path: path.relative_to(directory).parts)
    return {path: text_of(path) for path in paths}


def text_of(path: Path) -> str:
    """What a rule file says.

    Raises:
        LexiconError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: cannot read: {error}") from error


def put(path: Path, text: str) -> None:
    """Put `text` into a rule file as a whole or not at all, whatever happens meanwhile."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def table_of(path: Path, text: str) -> dict[str, Any]:
    """What stands in a rule file.

    Raises:
        LexiconError: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{path}: {error}") from error


def lines_of(text: str) -> dict[str, int]:
    """The line (from 1) on which the id of each rule stands."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("id"):
            found.setdefault(line.partition('"')[2].partition('"')[0], number)
    return found


def version_of(texts: Iterable[str]) -> str:
    """Twelve hexadecimal digits that change with any of these and with the trained stage."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode())
    for path in _LEARNT:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def as_on_disk(directory: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether the files of a rule book changed: name, time and size of each."""
    files = sorted([*directory.rglob("*.toml"), *_LEARNT])
    found = ((path, path.stat()) for path in files)
    return tuple((str(path), status.st_mtime_ns, status.st_size) for path, status in found)

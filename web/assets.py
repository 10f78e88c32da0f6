"""The files browsers load, read once at start and served from memory.

Used by `student.py`. Only names found at start can ever be asked for, so no request touches the
disk and no path can climb out of the folder. A stylesheet that imports others is served with their
text in place of each `@import`, so that a page asks for one file, whatever it was written in.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
"""The kinds of file a page may load; anything else in the folder is not served."""

_IMPORT = re.compile(rb'^@import "([a-z_/]+\.css)";$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, the same compressed, its type and a tag that changes with it."""

    body: bytes
    packed: bytes
    kind: str
    tag: str


def load(folder: Path) -> dict[str, Asset]:
    """Every servable file below `folder` under its name with forward slashes."""
    return {
        path.relative_to(folder).as_posix(): _asset(path)
        for path in sorted(folder.rglob("*"))
        if path.suffix in _TYPES and path.is_file() and not path.is_symlink()
    }


def _asset(path: Path) -> Asset:
    body = _stylesheet(path) if path.suffix == ".css" else path.read_bytes()
    return Asset(
        body=body,
        packed=gzip.compress(body, mtime=0),
        kind=_TYPES[path.suffix],
        tag=hashlib.sha256(body).hexdigest()[:32],
    )


def _stylesheet(path: Path) -> bytes:
    """Its text, with that of every stylesheet it imports where the import stands."""
    return _IMPORT.sub(
        lambda found: _stylesheet(path.parent / found[1].decode()), path.read_bytes()
    )

"""What is installed is what was chosen: every package by the hash of its files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements/*.lock"))
_PINNED = re.compile(
    r"[a-z0-9][\w.-]*(\[[\w, -]+\])?==[\w.+!]+( ; .+)?( --hash=sha256:[0-9a-f]{64})+"
)


def _packages(lock: str) -> list[str]:
    """The packages of a lock, one a line, without what says why they are there."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    return [re.sub(r"\s+", " ", line) for line in "\n".join(lines).replace("\\\n", "").split("\n")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_hash_and_no_index_is_named(lock: Path) -> None:
    """One exact version and the digests of its files; nothing says where they come from."""
    packages = [package.strip() for package in _packages(lock.read_text()) if package.strip()]
    assert len(packages) > 20
    assert [package for package in packages if not _PINNED.fullmatch(package)] == []


def test_every_word_of_make_installs_by_hash() -> None:
    """A file is refused whose digest stands in no lock; what makes locks runs in no school."""
    installs = [
        line for line in (ROOT / "Makefile").read_text().splitlines() if "pip install" in line
    ]
    assert [line for line in installs if "--require-hashes" not in line and "uv" not in line] == []
    assert len(installs) >= 3

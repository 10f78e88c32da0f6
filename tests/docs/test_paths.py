"""What the handbook points to is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
_PATH = re.compile(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|js|css|html|md|toml|lua|sh|jsonl|txt))`")
_TEST = re.compile(r"`(test_\w+)(…?)`")
_THREAT = re.compile(r"^\*\*(T\d+) (?:.|\n(?!\n))+", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@cache
def _files() -> tuple[str, ...]:
    return tuple(
        f"/{path.relative_to(ROOT)}"
        for top in ROOT.iterdir()
        if top.is_dir() and not top.name.startswith(".") and top.name != "data"
        for path in top.rglob("*.*")
    )


@cache
def _tests() -> frozenset[str]:
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    return frozenset(re.findall(r"^ *(?:async )?def (test_\w+)", sources, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_a_page_names_exists(page: Path) -> None:
    """By its path, or the end of it; what a running school makes in `data/` is not here."""
    words = page.read_text()
    named = [path for path in _PATH.findall(words) if not path.startswith("data/")]
    missing = [path for path in named if not any(file.endswith(f"/{path}") for file in _files())]
    dangling = [path for path in _LINK.findall(words) if not (page.parent / path).exists()]
    assert missing + dangling == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_a_page_names_exists(page: Path) -> None:
    """By its whole name, or by the beginning of it where three dots stand behind."""
    named = _TEST.findall(page.read_text())
    missing = [
        name
        for name, open_end in named
        if name not in _tests()
        and not (open_end and any(test.startswith(name) for test in _tests()))
    ]
    assert missing == []


def test_every_threat_says_what_stops_it_what_is_left_and_what_holds_it() -> None:
    """In that order, numbered without a gap; a threat that no test holds says so."""
    words = (ROOT / "THREAT_MODEL.md").read_text()
    threats = {found[1]: found[0] for found in _THREAT.finditer(words)}
    assert list(threats) == [f"T{n}" for n in range(1, len(threats) + 1)]
    whole = re.compile(
        r"\*Stops:\*.+\*Left:\*.+\*Held\s+by:\*\s+(`test_|nothing; no test)", re.DOTALL
    )
    assert [number for number, threat in threats.items() if not whole.search(threat)] == []
    assert len(threats) > 40

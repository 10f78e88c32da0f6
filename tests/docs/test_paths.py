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
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
_PLACE = re.compile(r"\]\((?!https?:)([^)#]*)#([^)]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


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


@cache
def _places(page: Path) -> frozenset[str]:
    """What a link may name behind its `#`: each heading in small letters, words joined by `-`."""
    headings = _HEADING.findall(page.read_text())
    return frozenset(re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_heading_a_page_points_to_exists(page: Path) -> None:
    """On the same page or another one."""
    pointed = _PLACE.findall(page.read_text())
    missing = [
        f"{path}#{place}"
        for path, place in pointed
        if place not in _places(page.parent / path if path else page)
    ]
    assert missing == []


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

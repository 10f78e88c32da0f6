"""The threat model is whole, and says of judging what was measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "THREAT_MODEL.md").read_text()
_THREAT = re.compile(r"^\*\*(T\d+) (?:.|\n(?!\n))+", re.MULTILINE)


@pytest.mark.parametrize(
    ("row", "least", "most", "said"),
    [
        ("missed", 0.2, 0.3, "About a quarter of dangerous messages"),
        ("not paged", 0.42, 0.58, "half do not page at once"),
        ("false pages", 1 / 75, 1 / 50, "one harmless look-alike in sixty"),
        ("leaks", 0.28, 0.39, "a third of what should be held"),
    ],
)
def test_what_is_said_of_judging_is_what_was_measured(
    row: str, least: float, most: float, said: str
) -> None:
    """Rates in words are those of the table they point to, by authors nobody learnt from."""
    table = (ROOT / "docs/moderation.md").read_text()
    found = re.search(rf"^\| {row}[^|]*\|[^|]*\| ([\d.]+) %", table, re.MULTILINE)
    assert found is not None
    assert least < float(found[1]) / 100 < most
    assert said in " ".join(WORDS.split())


def test_every_threat_says_what_stops_it_what_is_left_and_what_holds_it() -> None:
    """In that order, numbered without a gap; a threat that no test holds says so."""
    threats = {found[1]: found[0] for found in _THREAT.finditer(WORDS)}
    assert list(threats) == [f"T{n}" for n in range(1, len(threats) + 1)]
    whole = re.compile(
        r"\*Stops:\*.+\*Left:\*.+\*Held\s+by:\*\s+(`test_|nothing; no test)", re.DOTALL
    )
    assert [number for number, threat in threats.items() if not whole.search(threat)] == []
    assert len(threats) > 40

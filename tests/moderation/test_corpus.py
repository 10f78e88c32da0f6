"""The written corpus is what it says it is: whole, of the taxonomy, and no line twice."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from moderation.terms import Attention, Category, Delivery

CORPUS = Path(__file__).parents[2] / "moderation" / "corpus"
DEV = Path(__file__).parents[1] / "data" / "dev-messages.jsonl"
FILES = sorted(CORPUS.glob("*-messages.jsonl"))
HANDS = [path.name.removesuffix("-messages.jsonl") for path in FILES]
TRAITS = frozenset(
    {"plain", "slang", "typo", "obfuscated", "emoji", "indirect", "negated", "hyperbole", "idiom"}
    | {"quoted", "third_person", "past", "code_switch", "benign_mention"}
)
SAME = 0.8
"""Share of the longer message's neighbouring words that makes two messages the same."""


@cache
def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _all() -> list[dict[str, Any]]:
    return [row for path in FILES for row in _lines(path)]


def _neighbours(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


@pytest.mark.parametrize("hand", HANDS)
def test_every_line_is_a_record_of_the_taxonomy(hand: str) -> None:
    """Known words only, an id of its own hand, and something to read."""
    categories = {category.value for category in Category} - {Category.FAULT.value} | {"none"}
    for row in _lines(CORPUS / f"{hand}-messages.jsonl"):
        assert row["id"].startswith(f"{hand}-")
        assert row["text"].strip()
        assert row["lang"] in ("en", "es", "en-es")
        assert row["category"] in categories
        assert row["attention"] in {attention.word for attention in Attention}
        assert row["delivery"] in {delivery.word for delivery in Delivery}
        assert row["trait"] in TRAITS, row["id"]
        assert row["family"]


def test_no_id_stands_twice() -> None:
    """An id names one line of the whole corpus."""
    assert max(Counter(row["id"] for row in _all()).values()) == 1


def test_no_message_is_nearly_another_one_or_one_of_the_development_set() -> None:
    """Four fifths of their runs of three words the same, and the same attention: told twice."""
    of: dict[tuple[str, ...], list[str]] = {}
    sizes: dict[str, int] = {}
    shared: Counter[tuple[str, str]] = Counter()
    for row in [*_lines(DEV), *_all()]:
        runs = _neighbours(row["text"])
        sizes[row["id"]] = len(runs)
        for run in runs:
            for other in of.setdefault((row["attention"], *run), []):
                shared[other, row["id"]] += 1
            of[row["attention"], *run].append(row["id"])
    same = [
        pair for pair, count in shared.items()
        if count >= 3 and count >= SAME * max(sizes[pair[0]], sizes[pair[1]])
    ]  # fmt: skip
    assert same == []


def test_most_risk_is_said_without_naming_it() -> None:
    """More than two thousand indirect messages of risk, and more benign ones than risky ones."""
    rows = _all()
    risky = [row for row in rows if row["attention"] != "none"]
    assert sum(row["trait"] == "indirect" for row in risky) > 2_000
    assert len(rows) - len(risky) > 3_500
    assert sum(row["lang"] != "en" for row in rows) > 0.15 * len(rows)

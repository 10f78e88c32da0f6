"""The decision table: what a sign of each category and strength leads to, and its floors.

Pure. The table is data a safeguarding lead can read (`lexicon/decisions.toml`); a school's changes
come from its settings. Built once when rules are loaded, into the few signs that end otherwise than
their rule says, so that judging looks up nothing that the table leaves as it is. Used by
`pipeline.py`, `decide.py` and `chat/settings_file.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from moderation.rules import LexiconError
from moderation.telling import Telling
from moderation.telling_words import telling_of
from moderation.terms import CRY_FOR_HELP, Attention, Category, Delivery, Finding

FILE = "decisions.toml"
"""The name of the table in the lexicon."""
TELLING = "telling"
"""The part of it that is no category: by which words a message tells."""

AttentionWord = Literal["none", "queue", "page"]
DeliveryWord = Literal["deliver", "mask", "redact", "hold"]
LeastWord = Literal["deliver", "hold"]
"""What `at_least` may say: a sign without a place in the message has nothing to star out."""


class FloorError(ValueError):
    """A school's change that would go below a floor; the message begins with its path."""


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a school wants otherwise for one category; a key left out stays as shipped."""

    page: AttentionWord | None = None
    queue: AttentionWord | None = None
    at_least: LeastWord | None = None
    at_most: DeliveryWord | None = None


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One category of the table; the keys are explained at the top of `decisions.toml`."""

    page: AttentionWord
    queue: AttentionWord
    floor_queue: AttentionWord
    at_least: LeastWord = "deliver"
    at_most: DeliveryWord = "hold"
    floor_at_most: DeliveryWord = "hold"
    cry_for_help: bool = False
    always_holds: bool = False
    told: LeastWord = "hold"


Outcome = tuple[Attention, Delivery]
Sign = tuple[Category, Attention, Delivery]


@dataclass(frozen=True, slots=True)
class Table:
    """The table ready for use: the signs that end otherwise than their rule says."""

    rows: Mapping[Category, Row]
    outcomes: Mapping[Sign, Outcome]
    always_holds: frozenset[Category]
    told: frozenset[Category]
    telling: Telling
    version: str

    def applied(self, finding: Finding) -> Finding:
        """The finding with the attention and delivery that the table gives it."""
        outcome = self.outcomes.get((finding.category, finding.attention, finding.delivery))
        if outcome is None:
            return finding
        return msgspec.structs.replace(finding, attention=outcome[0], delivery=outcome[1])


def table_of(data: Mapping[str, Any], changes: Mapping[Category, Change] | None = None) -> Table:
    """The table of a parsed `decisions.toml`, with a school's changes.

    `version` is "" without changes, else a hash of them.

    Raises:
        LexiconError: the file has not one whole row for each category, or lowers a page.
        FloorError: a change goes below a floor.
    """
    rows = {category: _row(category, data.get(category.value)) for category in Category}
    unknown = sorted(set(data) - {category.value for category in Category} - {TELLING})
    if unknown:
        raise LexiconError(f"{FILE}: unknown category {unknown[0]!r}")
    wanted = {
        category: change for category, change in (changes or {}).items() if change != Change()
    }
    for category, change in wanted.items():
        rows[category] = _changed(category, rows[category], change)
    outcomes = {
        sign: outcome
        for category, row in rows.items()
        for sign, outcome in _signs(category, row)
        if outcome != sign[1:]
    }
    always = frozenset(category for category, row in rows.items() if row.always_holds)
    told = frozenset(category for category, row in rows.items() if row.told == "deliver")
    telling = telling_of(data.get(TELLING, {}))
    return Table(rows, outcomes, always, told, telling, _version(wanted))


def _row(category: Category, table: object) -> Row:
    try:
        row = msgspec.convert(table, Row)
    except msgspec.ValidationError as error:
        raise LexiconError(f"{FILE}: {category}: {error}") from error
    if row.page != "page":
        raise LexiconError(f"{FILE}: {category}: a sign that pages always pages")
    if row.cry_for_help != (category in CRY_FOR_HELP):
        raise LexiconError(f"{FILE}: {category}: cry_for_help is fixed, and not so")
    if row.told == "deliver" and row.always_holds:
        raise LexiconError(f"{FILE}: {category}: what always holds is held when it is told, too")
    if row.always_holds != (category is Category.FAULT):
        raise LexiconError(f"{FILE}: {category}: always_holds is fixed, and not so")
    return row


def _changed(category: Category, row: Row, change: Change) -> Row:
    path = f"decisions.{category}"
    if category is Category.FAULT:
        raise FloorError(f"{path}: a fault of judging always holds and is always seen")
    if change.page not in (None, "page"):
        raise FloorError(f"{path}.page: a sign that pages always pages")
    queue = change.queue or row.queue
    if _attention(queue) < _attention(row.floor_queue):
        raise FloorError(f"{path}.queue: may not be lower than {row.floor_queue!r}")
    at_least = change.at_least or row.at_least
    if _delivery(at_least) < _delivery(row.at_least):
        raise FloorError(f"{path}.at_least: may not be lower than {row.at_least!r}")
    at_most = change.at_most or row.at_most
    if _delivery(at_most) < _delivery(row.floor_at_most):
        raise FloorError(f"{path}.at_most: may not be lower than {row.floor_at_most!r}")
    if _delivery(at_least) > _delivery(at_most):
        raise FloorError(f"{path}.at_least: may not be stricter than at_most, {at_most!r}")
    return msgspec.structs.replace(row, queue=queue, at_least=at_least, at_most=at_most)


def _signs(category: Category, row: Row) -> list[tuple[Sign, Outcome]]:
    """Every sign of a category, and what its row makes of it."""
    made: list[tuple[Sign, Outcome]] = []
    for attention in Attention:
        for delivery in Delivery:
            to = _attention(row.queue) if attention is Attention.QUEUE else attention
            shown = min(delivery, _delivery(row.at_most))
            if attention or delivery:
                shown = max(shown, _delivery(row.at_least))
            made.append(((category, attention, delivery), (to, shown)))
    return made


def _attention(word: AttentionWord) -> Attention:
    return Attention[word.upper()]


def _delivery(word: DeliveryWord) -> Delivery:
    return Delivery[word.upper()]


def _version(changes: Mapping[Category, Change]) -> str:
    if not changes:
        return ""
    text = msgspec.json.encode({str(name): changes[name] for name in sorted(changes)})
    return hashlib.sha256(text).hexdigest()[:12]

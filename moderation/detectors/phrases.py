"""The detector of phrase rules: every rule of the lexicon, over every view of a message.

Pure. A message first meets only set operations; a rule's pattern is tried when its rarest word is
there and something of each of its other items is too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moderation.phrases import Line
from moderation.scopes import weight
from moderation.terms import Attention, Delivery, Finding

if TYPE_CHECKING:
    from moderation.grammar import Row
    from moderation.rulebook import Rulebook
    from moderation.rules import Rule
    from moderation.text import Reading, View

_QUOTATION = re.compile(r'"[^"\n]{2,200}"')


class Phrases:
    """Finds phrase rules; built once from a rule book."""

    name = "phrases"

    def __init__(self, book: Rulebook) -> None:
        self._rules = book.rules
        self._index = book.index
        self._anchors = frozenset(book.index.by_anchor)
        self._scopes = book.scopes

    def find(self, reading: Reading) -> list[Finding]:
        """One finding for each rule that matched, its strongest view and place first."""
        best: dict[str, Finding] = {}
        for view in reading.views:
            for owner, rows, line in self._candidates(view):
                rule = self._rules[owner]
                finding = self._judge(rule, rows, line, reading, view)
                if finding is None:
                    continue
                known = best.get(rule.id)
                if known is None or finding.attention > known.attention:
                    best[rule.id] = finding
        return list(best.values())

    def _candidates(self, view: View) -> list[tuple[int, list[Row], Line]]:
        """Rules with a pattern that fits somewhere in this view, and those patterns."""
        present = view.present
        hits = self._anchors & present
        if not hits:
            return []
        line: Line | None = None
        fits: dict[int, list[Row]] = {}
        by_anchor = self._index.by_anchor
        for hit in hits:
            for needs, row, owner in by_anchor[hit]:
                for need in needs:
                    if need.isdisjoint(present):
                        break
                else:
                    if line is None:
                        line = Line(view.codes, present, self._index)
                    if line.run(row, line.full):
                        fits.setdefault(owner, []).append(row)
        if line is None:
            return []
        return [(owner, fits[owner], line) for owner in sorted(fits)]

    def _judge(
        self,
        rule: Rule,
        rows: list[Row],
        line: Line,
        reading: Reading,
        view: View,
    ) -> Finding | None:
        best: Finding | None = None
        for row in rows:
            for first, last in line.spans(row):
                start, end = reading.code_span(view, first, last)
                quoted = '"' in reading.folded and _inside_quotation(reading, start, end)
                steps = weight(rule, self._scopes, line, (first, last), quoted=quoted)
                if steps > rule.attention and steps > 1:
                    continue
                attention = Attention(max(0, rule.attention - steps))
                if best is None or attention > best.attention:
                    best = _finding(rule, attention, start, end)
        return best


def _finding(rule: Rule, attention: Attention, start: int, end: int) -> Finding:
    lowered_away = attention == Attention.NONE and rule.attention != Attention.NONE
    return Finding(
        rule.category,
        attention,
        Delivery.DELIVER if lowered_away or rule.shadow else rule.delivery,
        "phrases",
        rule.id,
        start,
        end,
        "" if lowered_away else rule.signal,
    )


def _inside_quotation(reading: Reading, start: int, end: int) -> bool:
    text = reading.original
    for match in _QUOTATION.finditer(text.replace("“", '"').replace("”", '"')):
        if match.start() < start and end < match.end():
            return True
    return False

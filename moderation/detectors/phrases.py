"""The detector of phrase rules: every rule of the lexicon, over every view of a message.

Pure. A message first meets only set operations; a rule's pattern is tried when its rarest word is
there and something of each of its other items is too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.linear.signals import CLEARED
from moderation.phrases import Line
from moderation.scopes import concerns, weight
from moderation.terms import Attention, Delivery, Finding

if TYPE_CHECKING:
    from moderation.rulebook import Rulebook
    from moderation.rules import Rule
    from moderation.text import Reading, View


class Phrases:
    """Finds phrase rules; built once from a rule book."""

    name = "phrases"

    def __init__(self, book: Rulebook) -> None:
        self._rules = book.rules
        self._index = book.index
        self._scopes = book.scopes

    def find(self, reading: Reading, only: Rule | None = None) -> list[Finding]:
        """One finding for each rule that matched; `CLEARED` where a scope turned a page away.

        With `only` no other rule is tried: none depends on what another found.
        """
        best: dict[str, Finding] = {}
        cleared: Rule | None = None
        index = self._index
        for view in reading.views:
            numbers = index.possible(view.codes, view.present, view.gates)
            if not numbers:
                continue
            line = Line(view.codes, view.present)
            for number in sorted(numbers):
                row, owner = index.patterns[number]
                rule = self._rules[owner]
                if only is not None and rule is not only:
                    continue
                spans = [
                    span for span in line.spans(row) if concerns(rule, self._scopes, line, span)
                ]
                if not spans:
                    continue
                finding = self._judge(rule, spans, line, reading, view)
                if finding is None:
                    cleared = rule if rule.attention == Attention.PAGE else cleared
                    continue
                known = best.get(rule.id)
                if known is None or finding.attention > known.attention:
                    best[rule.id] = finding
        found = list(best.values()) if best else []
        if cleared is not None and cleared.id not in best:
            found.append(_cleared(cleared))
        return found

    def _judge(
        self,
        rule: Rule,
        spans: list[tuple[int, int]],
        line: Line,
        reading: Reading,
        view: View,
    ) -> Finding | None:
        best: Finding | None = None
        for first, last in spans:
            start, end = reading.code_span(view, first, last)
            quoted = reading.quoted(start, end)
            steps = weight(rule, self._scopes, line, (first, last), quoted=quoted)
            if steps > rule.attention and steps > 1:
                continue
            attention = Attention(max(0, rule.attention - steps))
            if best is None or attention > best.attention:
                best = _finding(rule, attention, start, end)
        return best


def _cleared(rule: Rule) -> Finding:
    nothing = Attention.NONE, Delivery.DELIVER
    return Finding(rule.category, *nothing, "phrases", CLEARED, signal=CLEARED)


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

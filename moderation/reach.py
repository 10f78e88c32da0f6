"""What a change of the rules can touch: wherever it cannot, both judges decide alike.

Pure. Used by `moderation/examples.py`, so that of the shipped examples only those are run again
that a school's rules could alter, and by `moderation/trial.py`. A phrase rule sees nothing of a
message but its words and their codes, and no rule sees another. So a change touches a message only
where it is read otherwise (a new word is no longer taken for a misspelt one), where a rule that
only one judge has may fit, or where a new word stands inside another, which tells the score and
the look for names that people use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moderation.pipeline import Judge
    from moderation.rules import Rule
    from moderation.text import Reading


class Reach:
    """Two judges, one of them with a change of the rules, and what it can touch."""

    def __init__(self, old: Judge, new: Judge) -> None:
        self._judges = old, new
        words = [judge.book.vocabulary.words.items() for judge in self._judges]
        moved = words[0] ^ words[1]
        self._words = frozenset(word for word, _ in moved)
        self._codes = frozenset(code for _, code in moved)
        rules = [judge.book.rules for judge in self._judges]
        self._apart = _not_in(rules[0], rules[1]), _not_in(rules[1], rules[0])
        self._other_scopes = old.book.scopes is not new.book.scopes

    def read_alike(self, text: str) -> bool:
        """Whether both read a text alike, so that a rule they share sees the same in it."""
        return not self._words or self._alike(*[judge.reading(text) for judge in self._judges])

    def touches(self, text: str) -> bool:
        """Whether the two could see something else in a text that stands alone."""
        if self._other_scopes:
            return True
        low = text.lower()
        if any(word in low for word in self._words):
            return True
        readings = [judge.reading(text) for judge in self._judges]
        return not self._alike(*readings) or any(map(self._may_fit, readings, (0, 1)))

    def _alike(self, old: Reading, new: Reading) -> bool:
        """The same tokens with the same codes, none of which means another word to the other."""
        return [(view.tokens, view.pieces) for view in old.views] == [
            (view.tokens, view.pieces) for view in new.views
        ] and all(self._codes.isdisjoint(view.codes) for view in old.views)

    def _may_fit(self, reading: Reading, side: int) -> bool:
        """Whether a rule that only this judge has may fit."""
        rules, index = self._apart[side], self._judges[side].book.index
        return bool(rules) and any(
            index.patterns[number][1] in rules
            for view in reading.views
            for number in index.possible(view.codes, view.present, view.gates)
        )


def _not_in(rules: tuple[Rule, ...], others: tuple[Rule, ...]) -> frozenset[int]:
    """The numbers of the rules that are not among the others."""
    known = frozenset(others)
    return frozenset(number for number, rule in enumerate(rules) if rule not in known)

"""What a change of the rules can touch: wherever it cannot, both judges decide alike.

Pure. Used by `moderation/examples.py`, so that of the shipped examples only those are run again
that a school's rules could alter, and by `moderation/trial.py`. A phrase rule sees nothing of a
message but its words and their codes, and no rule sees another. So a change touches a message only
where it is read otherwise (a new word is no longer taken for a misspelt one), where a rule that
only one judge has may fit, or where a new word stands inside another, which tells the score and
the look for names that people use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from moderation.conversation import ConversationState, joined_pieces, remember

if TYPE_CHECKING:
    from moderation.pipeline import Judge
    from moderation.rules import Rule
    from moderation.text import Reading


class Reach:
    """Two judges, one of them with a change of the rules, and what it can touch."""

    def __init__(self, old: Judge, new: Judge) -> None:
        self._old, self._new = old, new
        moved = old.book.vocabulary.words.items() ^ new.book.vocabulary.words.items()
        self._words = frozenset(word for word, _ in moved)
        self._codes = frozenset(code for _, code in moved)
        known, says = frozenset(old.book.rules), frozenset(rule.say for rule in new.book.rules)
        self._come = _Patterns(new, lambda rule: rule not in known)
        self._gone = _Patterns(old, lambda rule: rule.say not in says)
        self._other_scopes = old.book.scopes is not new.book.scopes

    def read_alike(self, text: str) -> bool:
        """Whether both read a text alike, so that a rule they share sees the same in it."""
        return not self._words or self._alike(self._old.reading(text), self._new.reading(text))

    def touches(self, text: str) -> bool:
        """Whether the two could see something else in a text that stands alone."""
        if self._other_scopes:
            return True
        low = text.lower()
        if any(word in low for word in self._words):
            return True
        new = self._new.reading(text)
        if self._come.may_fit(new):
            return True
        if not self._words and not self._gone:
            return False
        old = self._old.reading(text)
        return not self._alike(old, new) or self._gone.may_fit(old)

    def touches_talk(self, said: Iterable[tuple[int, str]]) -> bool:
        """The same of all that two people (0 and 1) say, with what each sends in pieces."""
        state = ConversationState()
        for seat, text in said:
            joined = joined_pieces(state.seats[seat], text)
            if self.touches(text) or (joined and self.touches(joined)):
                return True
            remember(state, seat, text, ())
        return False

    def _alike(self, old: Reading, new: Reading) -> bool:
        """The same tokens with the same codes, none of which means another word to the other."""
        return [(view.tokens, view.pieces) for view in old.views] == [
            (view.tokens, view.pieces) for view in new.views
        ] and all(self._codes.isdisjoint(view.codes) for view in old.views)


class _Patterns:
    """The patterns of some rules of a judge."""

    def __init__(self, judge: Judge, wanted: Callable[[Rule], bool]) -> None:
        rules = {at for at, rule in enumerate(judge.book.rules) if wanted(rule)}
        self._index = judge.book.index
        self._patterns = frozenset(
            number for number, (_, rule) in enumerate(self._index.patterns) if rule in rules
        )
        self._openers = self._index.gates.openers(self._patterns)

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def may_fit(self, reading: Reading) -> bool:
        """Whether one of them may fit."""
        return any(
            not self._openers.isdisjoint(view.present)
            and not self._patterns.isdisjoint(
                self._index.possible(view.codes, view.present, view.gates)
            )
            for view in reading.views
        )

"""Runs the examples that every rule carries: texts it must match and near misses it must not.

Pure. Used when a rule book is loaded and by `python -m moderation test`; a book whose examples fail
is refused, and the old one stays in use. Where a school's rules were added to a book whose examples
hold, those of its own rules are run, those of every rule made weaker, and of all others those that
are now read otherwise: the rest cannot have changed (`moderation/reach.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.detectors.phrases import Phrases
from moderation.reach import Reach
from moderation.rules import LexiconError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moderation.pipeline import Judge
    from moderation.rules import Rule

_MOST_SHOWN = 20


def failures(judge: Judge, before: Judge | None = None) -> Iterator[str]:
    """One line for each example that does not hold, with the file and line of its rule.

    All of those of `before`, to whose rules some were added, are known to hold.
    """
    phrases = next(detector for detector in judge.detectors if isinstance(detector, Phrases))
    held = _holding(judge, before)
    for rule in judge.book.rules:
        where = judge.book.sources[rule.id]
        for text, wanted in [(t, True) for t in rule.match] + [(t, False) for t in rule.miss]:
            if held(rule, text):
                continue
            found = {
                finding.rule
                for finding in phrases.find(judge.reading(text), rule)
                if finding.attention or finding.signal or finding.delivery or rule.shadow
            }
            if (rule.id in found) != wanted:
                wish = "must match" if wanted else "must not match"
                yield f"{where}: rule {rule.id} {wish} {text!r}"


def _holding(judge: Judge, before: Judge | None) -> Callable[[Rule, str], bool]:
    """Whether an example of a rule is known to hold: it was run before, and nothing touches it."""
    if before is None:
        return lambda _rule, _text: False
    known, reach = frozenset(before.book.rules), Reach(before, judge)
    return lambda rule, text: rule in known and reach.read_alike(text)


def check(judge: Judge, before: Judge | None = None) -> Judge:
    """The judge, if every example of every rule holds; `before` as in `failures`.

    Raises:
        LexiconError: the first twenty examples that fail.
    """
    failed = list(failures(judge, before))
    if failed:
        more = f"\n… and {len(failed) - _MOST_SHOWN} more" if len(failed) > _MOST_SHOWN else ""
        raise LexiconError("\n".join(failed[:_MOST_SHOWN]) + more)
    return judge

"""Runs the examples that every rule carries: texts it must match and near misses it must not.

Used when a rule book is loaded and by `python -m moderation test`; a book whose examples fail is
refused, and the old one stays in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.rules import LexiconError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.pipeline import Judge

_MOST_SHOWN = 20


def failures(judge: Judge) -> Iterator[str]:
    """One line for each example that does not hold, with the file and line of its rule."""
    phrases = next(detector for detector in judge.detectors if detector.name == "phrases")
    for rule in judge.book.rules:
        where = judge.book.sources[rule.id]
        for text, wanted in [(t, True) for t in rule.match] + [(t, False) for t in rule.miss]:
            found = {
                finding.rule
                for finding in phrases.find(judge.reading(text))
                if finding.attention or finding.signal or finding.delivery or rule.shadow
            }
            if (rule.id in found) != wanted:
                wish = "must match" if wanted else "must not match"
                yield f"{where}: rule {rule.id} {wish} {text!r}"


def check(judge: Judge) -> None:
    """Raise unless every example of every rule holds.

    Raises:
        LexiconError: the first twenty examples that fail.
    """
    failed = list(failures(judge))
    if failed:
        more = f"\n… and {len(failed) - _MOST_SHOWN} more" if len(failed) > _MOST_SHOWN else ""
        raise LexiconError("\n".join(failed[:_MOST_SHOWN]) + more)

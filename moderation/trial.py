"""What a change of the rules would alter: a judge with it and one without, over what there is.

Pure. Used by `moderation/ruling.py`. Of stored messages only counts come out; the examples are
messages written for this project.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from moderation.backtest import compared
from moderation.conversation import ConversationState
from moderation.pipeline import Judge

MOST_SHOWN = 20
"""Written messages that a trial shows."""

Talk = Mapping[str, Sequence[tuple[int, str]]]
"""For each room, who (0 or 1) said what, in order."""


class Moved(msgspec.Struct, frozen=True):
    """How many messages went from one attention to another."""

    before: str
    after: str
    count: int


class Example(msgspec.Struct, frozen=True):
    """A written message that a change decides differently."""

    text: str
    wanted: str
    before: str
    after: str


class Trial(msgspec.Struct, frozen=True):
    """What a change would alter.

    `written` and `stored` say how many messages were looked at; the labels of the written ones tell
    how danger missed and false pages would change. `examples` are written messages only.
    """

    written: int
    stored: int
    moved_written: tuple[Moved, ...]
    moved_stored: tuple[Moved, ...]
    missed: tuple[int, int]
    false_pages: tuple[int, int]
    examples: tuple[Example, ...] = ()


def tried(old: Judge, new: Judge, written: Iterable[Mapping[str, Any]], talk: Talk) -> Trial:
    """Compare two judges over written records and stored conversations."""
    found = compared(old, new, written)
    worst_first = sorted(found.differences, key=lambda one: (not one.lowered, one.id))
    return Trial(
        written=found.records,
        stored=sum(map(len, talk.values())),
        moved_written=_counted(found.moved),
        moved_stored=_counted(_moved_in_talk(old, new, talk)),
        missed=(found.old.missed, found.new.missed),
        false_pages=(found.old.false_pages, found.new.false_pages),
        examples=tuple(
            Example(one.text, one.wanted, one.old.attention.word, one.new.attention.word)
            for one in worst_first[:MOST_SHOWN]
        ),
    )


def _moved_in_talk(old: Judge, new: Judge, talk: Talk) -> Counter[tuple[str, str]]:
    moved: Counter[tuple[str, str]] = Counter()
    for said in talk.values():
        states = ConversationState(), ConversationState()
        for seat, text in said:
            before = old.judge_turn(text, states[0], seat)
            after = new.judge_turn(text, states[1], seat)
            if (before.attention, before.delivery) != (after.attention, after.delivery):
                moved[before.attention.word, after.attention.word] += 1
    return moved


def _counted(moved: Counter[tuple[str, str]]) -> tuple[Moved, ...]:
    return tuple(Moved(*names, count) for names, count in sorted(moved.items()))

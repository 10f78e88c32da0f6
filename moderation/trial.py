"""What a change of the rules would alter: a judge with it and one without, over what there is.

Pure. Used by `moderation/rules_page.py`. Only what the change can touch is judged (`reach.py`).
That is mostly little; where it is many of the written messages, some are taken, evenly spread. Of
stored messages only counts come out; the examples are messages written for this project.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from moderation.backtest import compared
from moderation.conversation import ConversationState
from moderation.pipeline import Judge
from moderation.reach import Reach

MOST_SHOWN = 20
"""Written messages that a trial shows."""
MOST_JUDGED = 3_000
"""Written messages that a trial judges."""

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

    `written` and `stored` say how many messages were looked at. It can touch `touched` of the
    written ones, of which `judged` were judged, and their labels tell how danger missed and false
    pages would change (in old records, of all the written). `examples` are written messages only.
    """

    written: int
    stored: int
    moved_written: tuple[Moved, ...]
    moved_stored: tuple[Moved, ...]
    missed: tuple[int, int]
    false_pages: tuple[int, int]
    examples: tuple[Example, ...] = ()
    touched: int | None = None
    judged: int | None = None


Paced = Callable[[Iterable[Any]], Iterable[Any]]
"""Passes on one after another, and may rest in between."""


def tried(
    old: Judge, new: Judge, written: Sequence[Mapping[str, Any]], talk: Talk, paced: Paced = iter
) -> Trial:
    """Compare two judges over written records and stored conversations."""
    reach = Reach(old, new)
    touched = [record for record in paced(written) if reach.touches_talk(_said(record))]
    judged = touched[:: -(-len(touched) // MOST_JUDGED) or 1]
    found = compared(old, new, paced(judged))
    rooms = [said for said in paced(talk.values()) if reach.touches_talk(said)]
    worst_first = sorted(found.differences, key=lambda one: (not one.lowered, one.id))
    return Trial(
        written=len(written),
        stored=sum(map(len, talk.values())),
        moved_written=_counted(found.moved),
        moved_stored=_counted(_moved_in_talk(old, new, paced(rooms))),
        missed=(found.old.missed, found.new.missed),
        false_pages=(found.old.false_pages, found.new.false_pages),
        examples=tuple(
            Example(one.text, one.wanted, one.old.attention.word, one.new.attention.word)
            for one in worst_first[:MOST_SHOWN]
        ),
        touched=len(touched),
        judged=len(judged),
    )


def _said(record: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """What is said in a written message and before it."""
    return ((0, text) for text in (*record.get("context", ()), record["text"]))


def _moved_in_talk(
    old: Judge, new: Judge, rooms: Iterable[Sequence[tuple[int, str]]]
) -> Counter[tuple[str, str]]:
    moved: Counter[tuple[str, str]] = Counter()
    for said in rooms:
        states = ConversationState(), ConversationState()
        for seat, text in said:
            before = old.judge_turn(text, states[0], seat)
            after = new.judge_turn(text, states[1], seat)
            if (before.attention, before.delivery) != (after.attention, after.delivery):
                moved[before.attention.word, after.attention.word] += 1
    return moved


def _counted(moved: Counter[tuple[str, str]]) -> tuple[Moved, ...]:
    return tuple(Moved(*names, count) for names, count in sorted(moved.items()))

"""What builds up over several messages of one room.

Pure. Holds no sentences: for each seat the signals of its last turns, with a number of this process
for the words they rest on, and the tail of very short messages (a number or a word sent in pieces).
Small, cheap, and rebuilt by replaying the texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from moderation.linear.signals import WAITS
from moderation.rules import Composite
from moderation.terms import Attention, Decision, Finding, Text

MOST_SIGNALS = 24
"""Signals remembered for each seat; the oldest go first."""
MOST_PIECE = 24
"""Longest message (characters) that may be a piece of something sent in parts."""
MOST_PIECES = 8
ASKED = "asked_"
"""Signals so named count for the other seat alone: a question it answers, a plea it ignores."""
ABOUT = "about_"
"""Signals so named tell a setting (`setting.py`), and are never silenced by one."""
_ANSWERED_WITHIN = 2
OTHER_LANGUAGE = "other_language"
"""The signal of a message in a language that no rule reads."""
AGAIN = 20
"""Messages of a room after which somebody is told of such a message anew.

No more than a moderator sees before the message of an item: so the next item shows what was passed.
"""


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A signal in a turn of a seat; `words` is alike only where the message was."""

    turn: int
    name: str
    words: int


@dataclass(slots=True)
class Seat:
    """What is remembered of one speaker; `about` has the turn at which each setting was told."""

    turns: int = 0
    signals: list[Heard] = field(default_factory=list)
    pieces: list[Text] = field(default_factory=list)
    about: dict[str, int] = field(default_factory=dict)

    def heard(self, name: str, words: int) -> None:
        """A signal of now; the same that rests on the same words is forgotten for it."""
        for at, one in enumerate(self.signals):
            if one.words == words and one.name == name:
                del self.signals[at]
                break
        self.signals.append(Heard(self.turns, name, words))
        if name.startswith(ABOUT):
            self.about[name] = self.turns
        if len(self.signals) > MOST_SIGNALS:
            del self.signals[0]


@dataclass(slots=True)
class ConversationState:
    """What is remembered of one room; `seats` in the order of the room's seats.

    `unread_since` is how many messages there were when somebody was last told that one of them is
    in a language that no rule reads.
    """

    seats: tuple[Seat, Seat] = field(default_factory=lambda: (Seat(), Seat()))
    unread_since: int = -AGAIN

    @property
    def turns(self) -> int:
        """How many messages there were."""
        return self.seats[0].turns + self.seats[1].turns


class JudgesTurns(Protocol):
    """What judges every message before anybody else sees it."""

    def judge_turn(self, text: str, state: ConversationState, seat: int) -> Decision:
        """The decision about what `seat` says next in its conversation; never raises."""


def joined_pieces(seat: Seat, text: str) -> str:
    """The speaker's last short messages and this one as one text, or "" when it is no piece."""
    if not seat.pieces or len(text) > MOST_PIECE:
        return ""
    return " ".join([*seat.pieces, text])


def remember(state: ConversationState, seat: int, text: str, findings: Iterable[Finding]) -> None:
    """Take one judged message into the state; call once for each message, in order.

    What somebody says again word for word is remembered once, as of now: it is no new sign.
    """
    own = state.seats[seat]
    own.turns += 1
    for finding in findings:
        if finding.signal == OTHER_LANGUAGE:
            state.unread_since = state.turns
        elif finding.signal and finding.signal != WAITS:
            about = state.seats[1 - seat] if finding.signal.startswith(ASKED) else own
            about.heard(finding.signal, hash(text))
    if len(text) <= MOST_PIECE:
        own.pieces.append(Text(text))
        del own.pieces[:-MOST_PIECES]
    elif own.pieces:
        own.pieces.clear()


def told_of_it(state: ConversationState) -> bool:
    """Whether somebody was lately told that a language is talked that no rule reads."""
    return state.turns - state.unread_since < AGAIN


def not_again(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same findings, but another language disturbs nobody again and only stays on record."""
    return tuple(
        msgspec.structs.replace(one, attention=Attention.NONE, signal="")
        if one.signal == OTHER_LANGUAGE
        else one
        for one in found
    )


def signals_of(findings: Iterable[Finding]) -> frozenset[str]:
    """The signals of one message."""
    return frozenset([one.signal for one in findings if one.signal])


def heard_from(seat: Seat, signals: frozenset[str]) -> frozenset[str]:
    """These signals of a message and all that is remembered of its speaker."""
    return signals.union([one.name for one in seat.signals])


def within_reach(
    composites: Iterable[Composite], signals: frozenset[str], heard: frozenset[str]
) -> tuple[Composite, ...]:
    """Those that these signals of a message, with all that was `heard`, could make by their names.

    Nearly always there are none.
    """
    return tuple(
        one
        for one in composites
        if not one.of.isdisjoint(signals)
        and not (one.core and one.core.isdisjoint(heard))
        and (one.repeat or len(one.of & heard) >= one.count)
    )


def built_up(
    composites: Iterable[Composite],
    findings: Sequence[Finding],
    seat: Seat | None,
    explained: AbstractSet[str] = frozenset(),
) -> list[Finding]:
    """Findings that only several signals together make, at least one of them from this message.

    Signals that are `explained` count with nothing; a score that can wait with none of its message.
    """
    waits = any(one.signal == WAITS for one in findings)
    now = [
        one
        for one in findings
        if one.signal and one.signal not in explained and not one.signal.startswith(ASKED)
    ]
    found: list[Finding] = []
    for composite in composites:
        fresh = [finding for finding in now if finding.signal in composite.of]
        before = _earlier(composite, seat, explained)
        if not fresh or len(fresh) + len(before) < composite.count:
            continue
        names = _apart(composite, fresh, waits=waits) + before
        have = len(names) if composite.repeat else len(set(names))
        if have >= composite.count and (not composite.core or composite.core.intersection(names)):
            found.append(
                Finding(
                    composite.category,
                    composite.attention,
                    composite.delivery,
                    "conversation",
                    composite.id,
                    fresh[0].start,
                    fresh[0].end,
                )
            )
    return found


def _apart(composite: Composite, fresh: Sequence[Finding], *, waits: bool) -> list[str]:
    """The signals of this message that rest on different words; the same words count once."""
    chosen: list[Finding] = []
    for finding in sorted(fresh, key=lambda found: found.signal not in composite.core):
        if all(
            finding.signal != other.signal and _stands_apart(finding, other, waits=waits)
            for other in chosen
        ):
            chosen.append(finding)
    return [finding.signal for finding in chosen]


def _stands_apart(one: Finding, other: Finding, *, waits: bool) -> bool:
    """Whether two signs rest on different words; a score rests on none, or on all if it `waits`."""
    if not (one.end and other.end):
        return not waits
    return one.end <= other.start or other.end <= one.start


def _earlier(composite: Composite, seat: Seat | None, explained: AbstractSet[str]) -> list[str]:
    if seat is None or not composite.window:
        return []
    return [
        one.name
        for one in seat.signals
        if one.name in composite.of
        and one.name not in explained
        and seat.turns + 1 - one.turn
        <= (_ANSWERED_WITHIN if one.name.startswith(ASKED) else composite.window)
    ]

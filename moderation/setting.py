"""Hears in what setting two people speak: of a game, a move, a feast, an operation, a loss; pure.

Used by `pipeline.py`. Words of either tell the setting (signals that begin with `about_`), and for
a few messages of whoever told it, both are heard by its table in `composites.toml`. What it `eases`
weighs one step less: the trained score counts as middling, signs that disturb nobody alone fall
silent. What it `explains` weighs one step less, too, and counts together with nothing, so that
whatever builds up rests on other signs. The message that tells the setting is looked at in full;
only what builds up in it is counted without what is explained. A message with a strong score is
never eased, nor is one with an urgent score, a page or a cry for help of a rule that no setting
explains, and a rule that is `sure` stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec

from moderation.conversation import ABOUT, Seat
from moderation.linear.signals import STRONG, URGENT, WEAK
from moderation.rules import Setting
from moderation.terms import CRY_FOR_HELP, Attention, Category, Delivery, Finding

_LINEAR = "linear_"


class Eased(NamedTuple):
    """What weighs less since a message before, and all signs that count with nothing."""

    categories: frozenset[Category]
    lately: frozenset[str]
    explained: frozenset[str]


NOT_EASED = Eased(frozenset(), frozenset(), frozenset())


def easing(
    settings: Iterable[Setting], findings: Sequence[Finding], seats: Iterable[Seat]
) -> Eased:
    """What weighs less, and what counts with nothing, in what these two speakers talk about."""
    earlier = _told(seats)
    if not (earlier or any(finding.signal.startswith(ABOUT) for finding in findings)):
        return NOT_EASED
    names = {finding.signal for finding in findings}
    if STRONG in names:
        return NOT_EASED
    categories, lately, now = set[Category](), set[str](), set[str]()
    for setting in settings:
        if earlier.get(setting.signal, setting.window) < setting.window:
            categories |= setting.eases
            lately |= setting.explains
        elif setting.signal in names:
            now |= setting.explains
    now |= lately
    if any(name.startswith(URGENT) and name not in now for name in names):
        return NOT_EASED
    return Eased(frozenset(categories), frozenset(lately), frozenset(now))


def _told(seats: Iterable[Seat]) -> dict[str, int]:
    """How many messages of whoever told it last have come since each setting was told."""
    told: dict[str, int] = {}
    for seat in seats:
        for name, turn in seat.about.items():
            since = seat.turns - turn
            told[name] = min(told.get(name, since), since)
    return told


def eased(found: Iterable[Finding], light: Eased, sure: AbstractSet[str]) -> list[Finding]:
    """What was seen in one message, with one step less weight for what a setting eases."""
    return [finding if finding.rule in sure else _lighter(finding, light) for finding in found]


def unexplained(found: Iterable[Finding], signals: AbstractSet[str]) -> list[Finding]:
    """What was seen in one message without what a setting explains: what may build up."""
    return [finding for finding in found if finding.signal not in signals]


def unexplained_of(seat: Seat, signals: AbstractSet[str]) -> Seat:
    """A speaker, remembered without what a setting explains."""
    kept = [one for one in seat.signals if one.name not in signals]
    return Seat(seat.turns, kept, seat.pieces)


def _lighter(finding: Finding, light: Eased) -> Finding:
    if finding.signal in light.lately:
        return _silent(finding)
    if finding.category not in light.categories:
        return finding
    if finding.signal.startswith(_LINEAR):
        weak = finding.signal.replace(_LINEAR, WEAK)
        seen = msgspec.structs.replace(finding, rule=weak.replace("_", ".", 1), signal=weak)
        return _at(seen, Attention.NONE)
    return finding if _stays(finding) else _silent(finding)


def _stays(finding: Finding) -> bool:
    """Whether it is left as it is in a category that is eased, for want of being explained."""
    return (
        finding.detector != "phrases"
        or finding.attention == Attention.PAGE
        or finding.signal.startswith(ABOUT)
        or (finding.attention != Attention.NONE and finding.category in CRY_FOR_HELP)
    )


def _silent(finding: Finding) -> Finding:
    """One step lower and counting with nothing; an urgent score keeps the place in the queue."""
    lower = Attention(max(finding.attention - 1, Attention.NONE))
    kept = finding.attention if finding.signal.startswith(URGENT) else lower
    return msgspec.structs.replace(_at(finding, kept), signal="")


def _at(finding: Finding, attention: Attention) -> Finding:
    delivery = finding.delivery if attention else Delivery.DELIVER
    return msgspec.structs.replace(finding, attention=attention, delivery=delivery)

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

from collections.abc import Iterable, Mapping
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


NOTHING = frozenset[str]()
NOT_EASED = Eased(frozenset(), NOTHING, NOTHING)


def told_lately(windows: Mapping[str, int], seats: Iterable[Seat]) -> frozenset[str]:
    """What tells the settings that either of them told within so many of their own messages."""
    told = [
        name
        for seat in seats
        for name, turn in seat.about.items()
        if seat.turns - turn < windows.get(name, 0)
    ]
    return frozenset(told) if told else NOTHING


def easing(settings: Iterable[Setting], told: AbstractSet[str], signals: AbstractSet[str]) -> Eased:
    """What weighs less, and what counts with nothing, in a message of these signals.

    `told` are signals that were told lately; the message may tell other settings.
    """
    if STRONG in signals:
        return NOT_EASED
    before = [one for one in settings if one.signal in told]
    now = [one for one in settings if one.signal in signals and one.signal not in told]
    explained = NOTHING.union(*[one.explains for one in before + now])
    if any(name.startswith(URGENT) and name not in explained for name in signals):
        return NOT_EASED
    categories = frozenset[Category]().union(*[one.eases for one in before])
    return Eased(categories, NOTHING.union(*[one.explains for one in before]), explained)


def eased(found: Iterable[Finding], light: Eased, sure: AbstractSet[str]) -> list[Finding]:
    """What was seen in one message, with one step less weight for what a setting eases."""
    return [finding if finding.rule in sure else _lighter(finding, light) for finding in found]


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

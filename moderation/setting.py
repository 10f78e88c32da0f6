"""Hears in what setting somebody speaks: about a game, a stage, a move, somebody they lost; pure.

Used by `pipeline.py`. Own words tell the setting (signals that begin with `about_`), and
for a few messages what its table in `composites.toml` names weighs one step less: the trained score
counts as middling, signs that disturb nobody alone fall silent, and what builds up is lowered. The
message that tells the setting is looked at in full, and only what builds up in it is lowered. A
strong or urgent score stays what it is, and so do a page, a rule that is `sure`, and a cry for help
that a rule hears.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec

from moderation.conversation import Seat
from moderation.linear.signals import STRONG, URGENT, WEAK
from moderation.rules import Setting
from moderation.terms import CRY_FOR_HELP, Attention, Category, Delivery, Finding

ABOUT = "about_"
"""Signals so named tell a setting, and are never silenced by one."""
_LINEAR = "linear_"


class Eased(NamedTuple):
    """Categories that weigh less: since a message before, and with this message's own words."""

    lately: frozenset[Category]
    now: frozenset[Category]


NOT_EASED = Eased(frozenset(), frozenset())


def easing(settings: Iterable[Setting], findings: Iterable[Finding], seat: Seat | None) -> Eased:
    """What weighs less in what this speaker talks about."""
    names = {finding.signal for finding in findings}
    earlier = _told(seat) if seat is not None else {}
    if not earlier and not any(name.startswith(ABOUT) for name in names):
        return NOT_EASED
    if STRONG in names or any(name.startswith(URGENT) for name in names):
        return NOT_EASED
    lately, now = set[Category](), set[Category]()
    for setting in settings:
        if earlier.get(setting.signal, setting.window) < setting.window:
            lately |= setting.eases
        elif setting.signal in names:
            now |= setting.eases
    return Eased(frozenset(lately), frozenset(lately | now))


def _told(seat: Seat) -> dict[str, int]:
    """How many messages of the speaker have come since each setting was told last."""
    told = (one for one in seat.signals if one.name.startswith(ABOUT))
    return {one.name: seat.turns - one.turn for one in told}


def eased(
    found: Sequence[Finding], categories: AbstractSet[Category], sure: AbstractSet[str]
) -> list[Finding]:
    """What was seen in one message, that of these categories with one step less weight."""
    return [
        _lighter(finding)
        if finding.category in categories and finding.rule not in sure
        else finding
        for finding in found
    ]


def lightened(found: Iterable[Finding], categories: AbstractSet[Category]) -> list[Finding]:
    """What built up, that of these categories one step lower."""
    return [
        _at(finding, Attention(finding.attention - 1))
        if finding.category in categories and finding.attention
        else finding
        for finding in found
    ]


def _lighter(finding: Finding) -> Finding:
    if finding.signal.startswith(_LINEAR):
        weak = finding.signal.replace(_LINEAR, WEAK)
        return msgspec.structs.replace(
            _at(finding, Attention.NONE), rule=weak.replace("_", ".", 1), signal=weak
        )
    if finding.detector != "phrases" or finding.attention == Attention.PAGE:
        return finding
    if finding.signal.startswith(ABOUT):
        return finding
    if finding.attention and finding.category in CRY_FOR_HELP:
        return finding
    return msgspec.structs.replace(_at(finding, Attention.NONE), signal="")


def _at(finding: Finding, attention: Attention) -> Finding:
    delivery = finding.delivery if attention else Delivery.DELIVER
    return msgspec.structs.replace(finding, attention=attention, delivery=delivery)

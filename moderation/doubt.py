"""Weighs what phrase rules say of a message against the trained score; pure.

Used by `pipeline.py` on the findings of one message. A pattern knows words, the score knows how
such words are mostly meant. Where the score calls a message plainly harmless, what rules alone say
of it is lowered by one step: a page becomes an item in the queue, an item becomes nothing, and its
signal stays. Where the score is not so plain but hears no danger either, an item stays, and a page
only if two rules page. The score never silences a page, and never a rule marked `sure`, whose words
alone are enough (a slur). When there is no score, nothing is lowered. Where a message speaks of its
writer alone and the score hears nothing to hold in it, such a rule holds nothing: it only disturbs.
And where a peer only cares or advises, what is heard in that alone neither disturbs nor holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import msgspec

from moderation.linear.signals import AGREES, CLEARED, SPARES, URGENT
from moderation.terms import Attention, Category, Delivery, Finding

if TYPE_CHECKING:
    from moderation.outcomes import Table

_MARKS = frozenset({AGREES, CLEARED, SPARES})


def weighed(found: Sequence[Finding], sure: AbstractSet[str], *, scored: bool) -> list[Finding]:
    """The findings of one message, those of doubtful rules lowered unless the score agrees.

    `sure` are the ids of the rules that need nobody to agree; `scored` says whether there is a
    score. Where a rule's scope cleared grave words ("not going to"), no score is urgent.
    """
    kept = [finding for finding in found if finding.signal not in _MARKS]
    if not kept:
        return kept
    if any(finding.signal == CLEARED for finding in found):
        kept = [finding for finding in kept if not finding.signal.startswith(URGENT)]
    if any(finding.signal == SPARES for finding in found):
        kept = [_freed(finding) if _doubtful(finding, sure) else finding for finding in kept]
    if not scored or any(finding.detector == "linear" for finding in kept):
        return kept
    least = Attention.QUEUE
    if any(finding.signal == AGREES for finding in found):
        least = Attention.PAGE
        if len({finding.rule for finding in kept if finding.attention == least}) > 1:
            return kept
    return [
        _lowered(finding) if finding.attention >= least and _doubtful(finding, sure) else finding
        for finding in kept
    ]


def heeded(
    text: str, found: Sequence[Finding], table: Table, sure: AbstractSet[str]
) -> Sequence[Finding]:
    """The same findings, but quiet where all that queues is heard in a peer's care or advice.

    Never where anything pages, asks for help or is of a rule marked `sure`, where the score hears
    it too, or a rule in words beside the care: who lures may add "tell your teacher". Signals stay.
    """
    heard = [finding for finding in found if finding.attention]
    of: set[Category] = {finding.category for finding in heard}
    if not of or not of <= table.told or any(_is_grave(finding, sure) for finding in heard):
        return found
    if table.telling.cared(text, of) != of:
        return found
    if any(_is_beside_care(text, finding, table) for finding in heard):
        return found
    return [_quiet(finding) if finding.attention else finding for finding in found]


def _is_grave(finding: Finding, sure: AbstractSet[str]) -> bool:
    return finding.attention == Attention.PAGE or finding.rule in sure


def _is_beside_care(text: str, finding: Finding, table: Table) -> bool:
    if finding.detector == "linear":
        return True
    return table.telling.is_beside_care(text, finding.start, finding.end)


def _quiet(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, attention=Attention.NONE, delivery=Delivery.DELIVER)


def _doubtful(finding: Finding, sure: AbstractSet[str]) -> bool:
    return finding.detector == "phrases" and finding.rule not in sure


def _freed(finding: Finding) -> Finding:
    if finding.delivery != Delivery.HOLD:
        return finding
    return msgspec.structs.replace(finding, delivery=Delivery.DELIVER)


def _lowered(finding: Finding) -> Finding:
    attention = Attention(finding.attention - 1)
    delivery = finding.delivery if attention else Delivery.DELIVER
    return msgspec.structs.replace(finding, attention=attention, delivery=delivery)

"""Chooses what happens to a message from what was found in it; the only file that does.

Pure. The highest attention and the strictest delivery win (moderation words: `terms.py`), with one
exception: a message that itself asks for help is never held because of the words in it. A fault of
judging still holds it, and so does a threat against somebody that staff are paged for, unless the
trained score, which knows how such words are mostly meant, hears a cry for help in it. A threat
that says "you" is held whatever the score hears: else "I want to die" behind it would deliver it.
Help that the score hears only faintly frees a message too, but not hate or a threat to the peer.
What is told of somebody else ("he wants a photo of me") is not done by the writer, and reaches the
peer (`telling.py`). No cry is heard in words that lure the peer, nor by the score alone where the
peer is told to die.
What a sign of each category and strength leads to, the table says (`outcomes.py`).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from moderation.linear.signals import WEAK
from moderation.outcomes import Table
from moderation.telling import Telling
from moderation.terms import CRY_FOR_HELP, Attention, Category, Decision, Delivery, Finding

HIDDEN = "[hidden]"
"""What the peer sees in place of an identifying span."""
_TOLD_TO_DIE = "told_to_die"


class _Asked(enum.IntEnum):
    """How plainly a message asks for help; faintly is by the trained score, below its limit."""

    NOT = 0
    FAINTLY = 1
    PLAINLY = 2


def decide(text: str, findings: Sequence[Finding], version: str, table: Table) -> Decision:
    """The decision for `text` under rules `version`, given everything that was found."""
    if not findings:
        return Decision(Attention.NONE, Delivery.DELIVER, (), text, version)
    if table.outcomes:
        findings = [table.applied(finding) for finding in findings]
    attention = max(finding.attention for finding in findings)
    delivery = max(finding.delivery for finding in findings)
    if not (attention or delivery):
        return Decision(attention, delivery, tuple(findings), text, version)
    if delivery == Delivery.HOLD:
        holding = _holding(text, findings, table)
        staying = [f for f in findings if f.delivery != Delivery.HOLD or f in holding]
        delivery = max((finding.delivery for finding in staying), default=Delivery.DELIVER)
    ordered = tuple(sorted(findings, key=lambda f: (-f.attention, -f.delivery, f.start)))
    return Decision(attention, delivery, ordered, shown(text, findings), version)


def _holding(text: str, findings: Sequence[Finding], table: Table) -> list[Finding]:
    """Of what would hold the message, that which does."""
    holds = [finding for finding in findings if finding.delivery == Delivery.HOLD]
    telling = table.telling
    told = telling.told(text, table.told.intersection(finding.category for finding in holds))
    holds = [finding for finding in holds if finding.category not in told]
    holds = [finding for finding in holds if not _is_heard_told(finding, findings)]
    asked = _asks_for_help(text, findings, telling)
    if asked is _Asked.NOT:
        return holds
    heard = _score_hears_it(findings)
    return [
        finding
        for finding in holds
        if (asked is _Asked.FAINTLY and _grave(text, finding, telling))
        or _still_holds(finding, table, heard=heard and not _says_you(text, finding, telling))
    ]


def _is_heard_told(hold: Finding, findings: Sequence[Finding]) -> bool:
    """Whether the score alone would hold what a rule hears told by whom it is done to."""
    return hold.detector == "linear" and any(
        finding.category == hold.category
        and finding.attention
        and finding.delivery == Delivery.DELIVER
        and finding.detector == "phrases"
        for finding in findings
    )


def _asks_for_help(text: str, findings: Sequence[Finding], telling: Telling) -> _Asked:
    """How plainly somebody asks for help; not where the same danger is held (an offer, a tip)."""
    holds = [finding for finding in findings if finding.delivery == Delivery.HOLD]
    held = {finding.category for finding in holds}
    return max(
        (
            _Asked.PLAINLY if finding.attention else _Asked.FAINTLY
            for finding in findings
            if (finding.attention or finding.signal.startswith(WEAK))
            and finding.category in CRY_FOR_HELP - held
            and finding.delivery == Delivery.DELIVER
            and not _is_done_to_the_peer(text, finding, holds, telling)
        ),
        default=_Asked.NOT,
    )


def _is_done_to_the_peer(
    text: str, cry: Finding, holds: Sequence[Finding], telling: Telling
) -> bool:
    """Whether a cry is heard only in what is done to the peer: luring, or telling it to die.

    A victim tells of luring in the same words, but names somebody beside them. What the peer should
    do to itself sounds to the score like the writer's own wish.
    """
    if cry.detector == "linear":
        told = [held for held in holds if held.signal == _TOLD_TO_DIE]
        return bool(told) and not telling.speaks(_beside(text, told))
    lured = [
        held
        for held in holds
        if held.category == Category.EXPLOITATION and held.start <= cry.start < cry.end <= held.end
    ]
    return bool(lured) and not telling.names(_beside(text, lured))


def _beside(text: str, found: Sequence[Finding]) -> str:
    """The text without the words of these findings."""
    letters = list(text)
    for finding in found:
        letters[finding.start : finding.end] = " " * (finding.end - finding.start)
    return "".join(letters)


def _score_hears_it(findings: Sequence[Finding]) -> bool:
    """Whether the trained score, not only a rule, finds a cry for help."""
    return any(
        finding.detector == "linear" and finding.attention and finding.category in CRY_FOR_HELP
        for finding in findings
    )


def _grave(text: str, finding: Finding, telling: Telling) -> bool:
    """Whether help heard but faintly does not free it: hate, and what threatens the peer."""
    if finding.category == Category.HARM_TO_OTHERS:
        return _says_you(text, finding, telling)
    return finding.category == Category.HATE


def _says_you(text: str, finding: Finding, telling: Telling) -> bool:
    """Whether its words, or all words where it has none of its own, speak to the peer."""
    return telling.says_you(text[finding.start : finding.end or len(text)])


def _still_holds(finding: Finding, table: Table, *, heard: bool) -> bool:
    if finding.category in table.always_holds:
        return True
    return (
        not heard and finding.attention == Attention.PAGE and finding.category not in CRY_FOR_HELP
    )


def shown(text: str, findings: Sequence[Finding]) -> str:
    """The text with masked words starred out and redacted spans replaced."""
    spans = hidden(findings)
    if not spans:
        return text
    parts: list[str] = []
    at = 0
    for start, end, delivery in spans:
        parts.append(text[at:start])
        parts.append(HIDDEN if delivery == Delivery.REDACT else "*" * (end - start))
        at = end
    parts.append(text[at:])
    return "".join(parts)


def nameless(shown: str, whole: str, findings: Sequence[Finding]) -> str:
    """What a person left of a message, less what a rule found to say who somebody is."""
    named = {
        whole[one.start : one.end] for one in findings if one.category is Category.IDENTITY
    } - {""}
    for words in sorted(named, key=len, reverse=True):
        shown = shown.replace(words, HIDDEN)
    return shown


def hidden(findings: Sequence[Finding]) -> list[tuple[int, int, Delivery]]:
    """The parts of a message that its peer would not see as written, in order, and how each."""
    return _apart(
        sorted(
            (finding.start, finding.end, finding.delivery)
            for finding in findings
            if finding.delivery in (Delivery.MASK, Delivery.REDACT) and finding.start < finding.end
        )
    )


def _apart(spans: list[tuple[int, int, Delivery]]) -> list[tuple[int, int, Delivery]]:
    """Overlapping spans joined into one, with the stricter delivery."""
    joined: list[tuple[int, int, Delivery]] = []
    for start, end, delivery in spans:
        if joined and start < joined[-1][1]:
            first, last, before = joined[-1]
            joined[-1] = (first, max(last, end), max(before, delivery))
        else:
            joined.append((start, end, delivery))
    return joined

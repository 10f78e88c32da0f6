"""Tells, stage by stage, how one message was judged: for `python -m moderation explain` and staff.

Pure: lines of text in, lines of text out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.disguise import suspicious
from moderation.terms import Attention, Decision, Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.pipeline import Judge
    from moderation.terms import Finding

_PLAIN, _BOLD, _RED, _YELLOW, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[2m"


def explained(judge: Judge, text: str, *, colour: bool = False) -> Iterator[str]:
    """Every stage of judging `text` that stands alone, one line each."""
    reading = judge.reading(text)
    yield f"read      {len(text)} characters, folded to {reading.folded!r}"
    for number, view in enumerate(reading.views):
        name = "words" if number == 0 else "undone"
        yield f"{name:<9} {' '.join(view.tokens)}"
    yield f"disguise  {'suspected' if suspicious(reading) else 'not suspected'}"
    decision = judge.judge(text)
    for finding in decision.findings:
        yield _finding_line(judge, text, finding, colour=colour)
    if not decision.findings:
        yield "found     nothing"
    yield _decision_line(decision, colour=colour)
    if decision.delivery not in (Delivery.DELIVER, Delivery.HOLD):
        yield f"shown     {decision.shown}"
    yield f"version   {decision.version}"


def _finding_line(judge: Judge, text: str, finding: Finding, *, colour: bool) -> str:
    words = text[finding.start : finding.end]
    where = judge.book.sources.get(finding.rule, "").rpartition("lexicon/")[2]
    tail = f" signal {finding.signal}" if finding.signal else ""
    line = (
        f"found     {finding.category.value} · {finding.attention.word} · {finding.delivery.word}"
        f" · {finding.detector}/{finding.rule}{tail} {words!r}"
    )
    return line + (f" {_DIM}{where}{_PLAIN}" if colour and where else f" {where}" if where else "")


def _decision_line(decision: Decision, *, colour: bool) -> str:
    tint = {Attention.NONE: "", Attention.QUEUE: _YELLOW, Attention.PAGE: _RED}[decision.attention]
    words = f"attention {decision.attention.word}, delivery {decision.delivery.word}"
    return f"decided   {tint}{_BOLD}{words}{_PLAIN}" if colour else f"decided   {words}"

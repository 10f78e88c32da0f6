"""Tells, stage by stage, how one message was judged: for `python -m moderation explain` and staff.

Pure: a judge and a message in, an `Explanation` or its lines out. It asks the parts of the judge
again what they see, so it tells what happens and not what was meant to happen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from moderation.detectors.linear import Linear
from moderation.detectors.phrases import Phrases
from moderation.disguise import suspicious
from moderation.phrases import Line
from moderation.scopes import concerns, weight
from moderation.terms import Attention, Delivery
from moderation.vocabulary import ASK, STOP, UNKNOWN

if TYPE_CHECKING:
    from moderation.pipeline import Judge
    from moderation.rules import Rule
    from moderation.terms import Decision, Finding
    from moderation.text import Reading, View

_PLAIN, _BOLD, _RED, _YELLOW, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[2m"
_MOST_TURNED = 12
"""Rules that fitted and were turned away that are listed."""


class Seen(msgspec.Struct, frozen=True):
    """One finding as a person reads it; `words` is what it rests on, `where` the rule's line."""

    category: str
    attention: str
    delivery: str
    detector: str
    rule: str
    signal: str
    words: str
    where: str


class Turned(msgspec.Struct, frozen=True):
    """A rule whose pattern fitted, and the scope tests that cancelled or lowered it."""

    rule: str
    words: str
    because: tuple[str, ...]
    cancelled: bool


class Explanation(msgspec.Struct, frozen=True):
    """Every stage of judging one message, in their order.

    `views` are the plain words and, where a disguise is suspected, the words undone; `understood`
    the same with what each was taken for. `quiet` names the detectors that saw nothing. `score` is
    the trained stage's, beside its `limits`.
    """

    characters: int
    whole: bool
    folded: str
    views: tuple[str, ...]
    understood: tuple[str, ...]
    disguised: bool
    found: tuple[Seen, ...]
    quiet: tuple[str, ...]
    turned: tuple[Turned, ...]
    score: float | None
    limits: dict[str, float]
    attention: str
    delivery: str
    shown: str
    version: str


def explanation(judge: Judge, text: str, context: Sequence[str] = ()) -> Explanation:
    """Every stage of judging `text` after the same speaker's earlier texts (oldest first)."""
    reading = judge.reading(text)
    decision = judge.judge(text, context)
    linear = next((d for d in judge.detectors if isinstance(d, Linear)), None)
    seen = {finding.detector for finding in decision.findings}
    return Explanation(
        characters=len(text),
        whole=reading.whole,
        folded=reading.folded,
        views=tuple(" ".join(view.tokens) for view in reading.views),
        understood=tuple(_understood(judge, view) for view in reading.views),
        disguised=suspicious(reading),
        found=tuple(_seen(judge, text, finding) for finding in decision.findings),
        quiet=tuple(d.name for d in judge.detectors if d.name not in seen),
        turned=tuple(_turned(judge, reading))[:_MOST_TURNED],
        score=None if linear is None else round(linear.score(reading), 3),
        limits={} if linear is None else dict(linear.limits),
        attention=decision.attention.word,
        delivery=decision.delivery.word,
        shown=_shown(decision),
        version=decision.version,
    )


def _shown(decision: Decision) -> str:
    return "" if decision.delivery is Delivery.HOLD else decision.shown


def _understood(judge: Judge, view: View) -> str:
    """The words of a view as the rules read them; a word no rule knows is a dot."""
    names = {code: word for word, code in judge.book.vocabulary.words.items()}
    names |= {UNKNOWN: "·", STOP: ".", ASK: "?"}
    told = ["+".join(names.get(code, code) for code in piece) for piece in view.pieces if piece]
    return " ".join(told)


def _seen(judge: Judge, text: str, finding: Finding) -> Seen:
    where = judge.book.sources.get(finding.rule, "").rpartition("lexicon/")[2]
    return Seen(
        finding.category.value,
        finding.attention.word,
        finding.delivery.word,
        finding.detector,
        finding.rule,
        finding.signal,
        text[finding.start : finding.end],
        where,
    )


def _turned(judge: Judge, reading: Reading) -> Iterator[Turned]:
    """Rules whose pattern fits somewhere although a scope test takes it back or lowers it."""
    phrases = next((d for d in judge.detectors if isinstance(d, Phrases)), None)
    kept = {} if phrases is None else {f.rule: f.attention for f in phrases.find(reading)}
    told: set[str] = set()
    for view in reading.views if phrases is not None else ():
        line = Line(view.codes, view.present)
        for number in sorted(judge.book.index.possible(view.codes, view.present, view.gates)):
            row, owner = judge.book.index.patterns[number]
            rule = judge.book.rules[owner]
            if (
                rule.id in told
                or kept.get(rule.id) == rule.attention
                or not line.run(row, line.full)
            ):
                continue
            first, last = line.spans(row)[0]
            start, end = reading.code_span(view, first, last)
            quoted = reading.quoted(start, end)
            because = tuple(_because(judge, rule, line, (first, last), quoted=quoted))
            if because:
                told.add(rule.id)
                words = reading.original[start:end]
                yield Turned(rule.id, words, because, cancelled=rule.id not in kept)


def _because(
    judge: Judge, rule: Rule, line: Line, span: tuple[int, int], *, quoted: bool
) -> Iterator[str]:
    """The scope tests that took something off a match, each tried alone."""
    bare = dataclasses.replace(rule, unless=(), only=(), lower=())

    def steps(**only: object) -> int:
        alone = dataclasses.replace(bare, **only)  # type: ignore[arg-type]
        return weight(alone, judge.book.scopes, line, span, quoted=quoted)

    if not concerns(rule, judge.book.scopes, line, span):
        yield f"not said of {rule.who}"
    yield from (name for name in rule.unless if steps(unless=(name,)))
    if rule.only and steps(only=rule.only):
        yield "none of " + ", ".join(rule.only)
    yield from (f"{name} (lowered)" for name in rule.lower if steps(lower=(name,)))


def explained(
    judge: Judge, text: str, context: Sequence[str] = (), *, colour: bool = False
) -> Iterator[str]:
    """The explanation as lines of text, for a terminal."""
    told = explanation(judge, text, context)

    def dim(words: str) -> str:
        return f"{_DIM}{words}{_PLAIN}" if colour else words

    whole = "" if told.whole else ", too long to read whole"
    yield f"read       {told.characters} characters{whole}, folded to {told.folded!r}"
    for number, (words, understood) in enumerate(zip(told.views, told.understood, strict=True)):
        yield f"{'words' if number == 0 else 'undone':<10} {words}"
        yield f"understood {dim(understood)}"
    yield f"disguise   {'suspected' if told.disguised else 'not suspected'}"
    for earlier in context:
        yield f"before     {dim(repr(earlier))}"
    for seen in told.found:
        yield _seen_line(seen, colour=colour)
    yield f"nothing    {dim(', '.join(told.quiet) or 'no detector')}"
    for turned in told.turned:
        how = "turned" if turned.cancelled else "lowered"
        yield f"{how:<10} {turned.rule} {turned.words!r}: {', '.join(turned.because)}"
    if told.score is not None:
        limits = ", ".join(f"{name} from {limit:.2f}" for name, limit in told.limits.items())
        yield f"score      {told.score:.2f} {dim(f'({limits})')}"
    yield _decision_line(told, colour=colour)
    if told.delivery in ("mask", "redact"):
        yield f"shown      {told.shown}"
    yield f"version    {told.version}"


def _tint(attention: str, words: str) -> str:
    tint = {Attention.QUEUE.word: _YELLOW, Attention.PAGE.word: _RED}.get(attention, "")
    return f"{tint}{words}{_PLAIN}" if tint else words


def _seen_line(seen: Seen, *, colour: bool) -> str:
    tail = f" signal {seen.signal}" if seen.signal else ""
    strength = f"{seen.attention} · {seen.delivery}"
    if colour:
        strength = _tint(seen.attention, strength)
    line = f"found      {seen.category} · {strength} · {seen.detector}/{seen.rule}{tail}"
    line += f" {seen.words!r}"
    if not seen.where:
        return line
    return line + (f" {_DIM}{seen.where}{_PLAIN}" if colour else f" {seen.where}")


def _decision_line(told: Explanation, *, colour: bool) -> str:
    words = f"attention {told.attention}, delivery {told.delivery}"
    if colour:
        words = _tint(told.attention, f"{_BOLD}{words}{_PLAIN}")
    return f"decided    {words}"

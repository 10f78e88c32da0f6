"""Measures how long each stage of judging takes here, with better-profanity beside it in one run.

A shell: it reads a clock. Used by `python -m moderation bench`. Times are of one core, warm, the
best of three, in microseconds; a machine that does other things at once makes them longer.
"""

from __future__ import annotations

import gc
import importlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from moderation.conversation import built_up
from moderation.decide import decide
from moderation.pipeline import Judge
from moderation.terms import Finding

T = TypeVar("T")
Shown = Callable[[Iterable[str]], Iterable[str]]

LONGEST = 600
"""Messages up to this length (characters) are timed as ordinary ones."""
TRIES = 3
COMPARED = 20
"""Messages that better-profanity is timed on: it takes tens of milliseconds for each."""
HOSTILE = {
    "one letter": "a" * 4000,
    "one anchor": "kill " * 800,
    "one threat": ("i want to kill myself " * 200)[:4000],
    "spaced letters": ("k i l l " * 500)[:4000],
    "symbols": ("k!ll m3 " * 500)[:4000],
    "stars": ("f**k " * 800)[:4000],
    "digits": ("07700 900 " * 400)[:4000],
    "combining marks": "e" + "\u0301" * 3999,
    "emoji": "\U0001f52a" * 4000,
}


def measured(judge: Judge, texts: Sequence[str], shown: Shown) -> Iterator[str]:
    """The figures as lines; `shown` wraps the messages to show how far the work is."""
    ordinary = [text for text in texts if len(text) <= LONGEST]
    for text in ordinary:  # what is seen the first time is worked out and remembered
        judge.judge(text)
    stages: dict[str, list[float]] = {}
    was = gc.isenabled()
    gc.disable()
    try:
        for text in shown(ordinary):
            for name, took in _stages(judge, text).items():
                stages.setdefault(name, []).append(took)
    finally:
        if was:
            gc.enable()
    yield f"{'stage':<22} {'p50':>9} {'p99':>9} {'worst':>9}   us, {len(ordinary):,} messages"
    for name, times in stages.items():
        yield _line(name, times)
    whole = stages.get("whole judgement")
    if whole:
        yield f"{1e6 * len(whole) / sum(whole):,.0f} messages/s on one core"
    yield _line(f"better-profanity, {COMPARED}", _better_profanity(ordinary[:COMPARED]))
    for name, text in HOSTILE.items():
        took = _stages(judge, text)["whole judgement"]
        yield f"{name:<22} {took:9.1f} us for 4,000 characters"


def _stages(judge: Judge, text: str) -> dict[str, float]:
    reading, took = _best(judge.reading, text)
    times = {"reading": took}
    found: list[Finding] = []
    for detector in judge.detectors:
        answer, times[detector.name] = _best(detector.find, reading)
        found += answer
    _, times["conversation"] = _best(built_up, judge.book.composites, found, None)
    _, times["decision"] = _best(decide, text, found, judge.version, judge.table)
    # The sum, because a judge asked again answers an ordinary message from memory.
    times["whole judgement"] = sum(times.values())
    return times


def _best(call: Callable[..., T], *arguments: Any) -> tuple[T, float]:
    """What a call answers, and the microseconds of its quickest try."""
    best = float("inf")
    for _ in range(TRIES):
        start = time.perf_counter()
        answer = call(*arguments)
        best = min(best, time.perf_counter() - start)
    return answer, best * 1e6


def _better_profanity(texts: Sequence[str]) -> list[float]:
    """Its time for each message; the product only reads its word list."""
    scanner = importlib.import_module("better_profanity").profanity
    scanner.load_censor_words()
    times = []
    for text in texts:
        start = time.perf_counter()
        scanner.censor(text)
        times.append((time.perf_counter() - start) * 1e6)
    return times


def _line(name: str, times: Sequence[float]) -> str:
    if not times:
        return f"{name:<22} no messages"
    ordered = sorted(times)
    p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99))
    return f"{name:<22} {p50:9.1f} {p99:9.1f} {ordered[-1]:9.1f}"

"""Measures how long judging takes here, stage by stage, with better-profanity beside it in one run.

A shell: it reads a clock. Used by `python -m moderation bench`. What is timed is fresh: half of the
messages are judged first, so that the tables of words are as full as a running server's; then each
of the others is judged once by a judge that never saw it, and three such judges take turns. Times
are processor time of this thread, the least of the three, in microseconds. A machine that does
other things at once still makes them longer, because its caches then hold other data.
"""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from moderation.conversation import built_up, signals_of, within_reach
from moderation.decide import decide
from moderation.pipeline import Judge
from moderation.terms import Finding

Shown = Callable[[Sequence[str], str], Iterable[str]]
"""Wraps work to show how far it is; given what it is called."""
Times = dict[str, list[float]]

LONGEST = 600
"""Messages up to this length (characters) are timed as ordinary ones."""
TRIES = 3
MOST_TIMED = 12_000
"""Messages of one set that are timed, drawn evenly from a larger one."""
COMPARED = 20
"""Messages that better-profanity is timed on: it takes tens of milliseconds for each."""
WHOLE = "whole judgement"
HOSTILE = {
    "one letter": "a" * 4000,
    "one anchor": "kill " * 800,
    "one threat": ("i want to kill myself " * 200)[:4000],
    "many anchors": ("kill die cut hang pills rope jump bleed " * 100)[:4000],
    "spaced letters": ("k i l l " * 500)[:4000],
    "symbols": ("k!ll m3 " * 500)[:4000],
    "alternating": "a!" * 2000,
    "stars": ("f**k " * 800)[:4000],
    "leet": ("k1ll my53lf 4nd d13 " * 200)[:4000],
    "digits": "1234567890" * 400,
    "near-phones": ("07700 90012 x 7700 9001 " * 200)[:4000],
    "names": ("My name is John Smith. " * 200)[:4000],
    "dots": "." * 4000,
    "combining marks": "e" + "\u0301" * 3999,
    "zero width": "k\u200b" * 2000,
    "one that grows": "\ufdfa" * 2000,
    "emoji": "\U0001f52a" * 4000,
}
_LOADING = """
import gc, time, moderation.detectors.contact, moderation.detectors.linear
from moderation.detectors import shipped
from moderation.pipeline import Judge
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6
before, start = resident(), time.process_time()
judge = Judge.load()
print(f"rules loaded and checked in {time.process_time() - start:.2f} s, "
      f"{resident() - before:.0f} MB more than before")
"""


def measured(
    build: Callable[[], Judge], sets: Mapping[str, Sequence[str]], shown: Shown
) -> Iterator[str]:
    """The figures as lines, for each set of messages by its name; `build` makes a new judge."""
    yield subprocess.run(  # noqa: S603 - our own program, our own words
        [sys.executable, "-c", _LOADING], check=True, capture_output=True, text=True
    ).stdout.strip()
    for name, texts in sets.items():
        timed = _drawn([text for text in dict.fromkeys(texts) if len(text) <= LONGEST])
        times = _least(build, name, timed, shown)
        yield from _table(name, times)
    ordinary = next(iter(sets.values()))
    yield _line(f"better-profanity, {COMPARED}", _better_profanity(ordinary[:COMPARED]))
    yield from _hostile(build, ordinary)


def _drawn(texts: Sequence[str]) -> Sequence[str]:
    return texts[:: max(1, -(-len(texts) // MOST_TIMED))]


def _least(build: Callable[[], Judge], name: str, texts: Sequence[str], shown: Shown) -> Times:
    """The least of each message's times over a few judges that were all new to it."""
    least: Times = {}
    for _ in range(TRIES):
        for stage, times in _once(build(), texts[::2], shown(texts[1::2], name)).items():
            known = least.get(stage, times)
            least[stage] = list(map(min, known, times))
    return least


def _once(judge: Judge, earlier: Iterable[str], texts: Iterable[str]) -> Times:
    """Times of messages never judged before: of every second as a whole, of the others by stage."""
    for text in earlier:
        judge.judge(text)
    times: Times = {}
    was = gc.isenabled()
    gc.disable()
    try:
        for number, text in enumerate(texts):
            took = _stages(judge, text) if number % 2 else _whole(judge, text)
            for stage, time_ in took.items():
                times.setdefault(stage, []).append(time_)
    finally:
        if was:
            gc.enable()
    return times


def _whole(judge: Judge, text: str) -> dict[str, float]:
    start = time.thread_time()
    judge.judge(text)
    return {WHOLE: (time.thread_time() - start) * 1e6}


def _stages(judge: Judge, text: str) -> dict[str, float]:
    clock = time.thread_time
    marks = [("", clock())]
    reading = judge.reading(text)
    marks.append(("reading", clock()))
    found: list[Finding] = []
    for bit, detector in judge.numbered:
        if reading.calls & bit:
            found += detector.find(reading)
        marks.append((detector.name, clock()))
    if signals := signals_of(found):
        built_up(within_reach(judge.book.composites, signals, signals), found, None)
    marks.append(("conversation", clock()))
    decide(text, found, judge.version, judge.table)
    marks.append(("decision", clock()))
    return {stage: (end - start) * 1e6 for (_, start), (stage, end) in pairwise(marks)}


def _hostile(build: Callable[[], Judge], ordinary: Sequence[str]) -> Iterator[str]:
    judges = [build() for _ in range(TRIES)]
    for judge in judges:
        for text in ordinary[:2000]:
            judge.judge(text)
    for name, text in HOSTILE.items():
        took = min(_whole(judge, text)[WHOLE] for judge in judges)
        yield f"{name:<22} {took:9.1f} us for {len(text):,} characters"


def _better_profanity(texts: Sequence[str]) -> list[float]:
    """Its time for each message; the product only reads its word list."""
    scanner = importlib.import_module("better_profanity").profanity
    scanner.load_censor_words()
    times = []
    for text in texts:
        start = time.thread_time()
        scanner.censor(text)
        times.append((time.thread_time() - start) * 1e6)
    return times


def _table(name: str, times: Times) -> Iterator[str]:
    whole = times.get(WHOLE, [])
    yield f"{name:<22} {'p50':>9} {'p99':>9} {'worst':>9}   us, {len(whole):,} fresh messages"
    for stage, some in times.items():
        yield _line(stage, some)
    if whole:
        yield f"{1e6 * len(whole) / sum(whole):,.0f} messages/s on one core"


def _line(name: str, times: Sequence[float]) -> str:
    if not times:
        return f"{name:<22} no messages"
    ordered = sorted(times)
    p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99))
    return f"{name:<22} {p50:9.1f} {p99:9.1f} {ordered[-1]:9.1f}"

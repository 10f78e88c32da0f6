"""Measures judging on this machine, with better-profanity beside it in the same run.

    python bench/judging.py [MESSAGES.jsonl]

Reads messages of up to 600 characters from a file of JSON lines with "text" (the development set by
default), then texts of 4,000 characters made to be slow. Times are of one core, warm, in
microseconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from better_profanity import profanity

from moderation.pipeline import Judge

SHIPPED = Path(__file__).parent.parent / "tests" / "data" / "dev-messages.jsonl"
LONGEST = 600
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


def timed(judge: Judge, text: str) -> float:
    """Microseconds to judge one text."""
    start = time.perf_counter()
    judge.judge(text)
    return (time.perf_counter() - start) * 1e6


def main() -> None:
    """Print the figures."""
    start = time.perf_counter()
    judge = Judge.load()
    print(f"load with every example run  {time.perf_counter() - start:8.2f} s")
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = [text for line in lines if len(text := json.loads(line)["text"]) <= LONGEST]
    for text in texts:
        judge.judge(text)
    times = sorted(min(timed(judge, text) for _ in range(3)) for text in texts)
    for name, share in (("p50", 0.5), ("p99", 0.99), ("worst", 1.0)):
        at = min(len(times) - 1, int(len(times) * share))
        print(f"{name:<28} {times[at]:9.1f} us of {len(times)} messages")
    for name, text in HOSTILE.items():
        print(f"{name:<28} {min(timed(judge, text) for _ in range(3)):9.1f} us, 4,000 characters")
    profanity.load_censor_words()
    sample = texts[:20]
    start = time.perf_counter()
    for text in sample:
        profanity.censor(text)
    each = (time.perf_counter() - start) / len(sample) * 1e6
    print(f"better-profanity, mean       {each:9.1f} us of {len(sample)} messages")


if __name__ == "__main__":
    main()

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from moderation import timing
from moderation.pipeline import Judge
from moderation.timing import HOSTILE, LONGEST, TRIES, measured
from tests.moderation.judging import shared_judge

TEXTS = ["nice day", "how are you", "see you there", "my mum is mad", "a" * (LONGEST + 1)]


def _new_judge() -> Judge:
    shared = shared_judge()
    return Judge(shared.book, shared.detectors)


def test_every_stage_and_better_profanity_are_measured_in_one_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each set has its table and each hostile text its line; what is too long is left out."""
    monkeypatch.setattr(timing, "HOSTILE", {"dots": HOSTILE["dots"]})
    seen: list[str] = []

    def watched(work: Sequence[str], name: str) -> Iterable[str]:
        seen.append(name)
        return work

    lines = list(measured(_new_judge, {"talk": TEXTS, "more": TEXTS[:2]}, watched))
    assert seen == ["talk"] * TRIES + ["more"] * TRIES
    assert lines[0].startswith("rules loaded and checked in ")
    for start in ("talk", "more", "reading", "phrases", "linear", "decision", "whole", "dots"):
        assert any(line.startswith(start) for line in lines), start
    profanity = next(line for line in lines if line.startswith("better-profanity"))
    assert float(profanity.split()[-1]) > 0


def test_what_is_timed_was_never_judged_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeated message is timed once, and no judge meets a timed one twice."""
    judged: list[tuple[int, str]] = []
    inner = Judge._look

    def watched(self: Judge, text: str) -> object:
        judged.append((id(self), text))
        return inner(self, text)

    monkeypatch.setattr(Judge, "_look", watched)
    judges = [_new_judge() for _ in range(TRIES)]
    waiting = iter(judges)
    texts = list(dict.fromkeys([*TEXTS, *TEXTS]))
    timing._least(lambda: next(waiting), "talk", texts, lambda work, _: work)
    assert len(judged) == len(set(judged))

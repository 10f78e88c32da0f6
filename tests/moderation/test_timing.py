from __future__ import annotations

from moderation.timing import HOSTILE, LONGEST, measured
from tests.moderation.judging import shared_judge


def test_every_stage_and_better_profanity_are_measured_in_one_run() -> None:
    """Each detector has its line, messages too long for the budget are left out."""
    texts = ["nice day", "im going to kill myself tonight", "a" * (LONGEST + 1)]
    seen: list[str] = []

    def watched(work: object) -> list[str]:
        seen.extend(work)  # type: ignore[call-overload]
        return seen

    lines = list(measured(shared_judge(), texts, watched))
    assert seen == texts[:2]
    assert "2 messages" in lines[0]
    for name in ("reading", "phrases", "linear", "decision", "whole judgement", *HOSTILE):
        assert any(line.startswith(name) for line in lines), name
    profanity = next(line for line in lines if line.startswith("better-profanity"))
    assert float(profanity.split()[-1]) > 0

"""One judge for all tests of judging: loading it takes a few hundred milliseconds."""

from __future__ import annotations

import functools

from moderation.conversation import ConversationState, JudgesTurns
from moderation.pipeline import Judge
from moderation.terms import Decision


@functools.cache
def shared_judge() -> Judge:
    """The judge with the shipped rules."""
    return Judge.load()


def judged(judge: JudgesTurns, text: str) -> Decision:
    """What is decided about a message that stands alone."""
    return judge.judge_turn(text, ConversationState(), 0)

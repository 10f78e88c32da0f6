"""One judge for all tests of judging: loading it takes a few hundred milliseconds."""

from __future__ import annotations

import functools

from moderation.conversation import ConversationState, JudgesTurns
from moderation.layer import Add
from moderation.pipeline import Judge
from moderation.terms import Decision

OWN = Add(
    id="own.zorgshed",
    category="abuse",
    attention="page",
    delivery="deliver",
    say=("zorgshed",),
    match=("he keeps me in the zorgshed",),
    miss=("a shed",),
)
"""A rule of a school's own, about a word that no shipped rule knows."""


@functools.cache
def shared_judge() -> Judge:
    """The judge with the shipped rules."""
    return Judge.load()


def judged(judge: JudgesTurns, text: str) -> Decision:
    """What is decided about a message that stands alone."""
    return judge.judge_turn(text, ConversationState(), 0)

"""An independent witness of every verdict: what a judge let pass, byte for byte.

With PEERLINE_TEST_WITNESS naming a file, `launcher.py` has each server write there a hash of the
bytes that each verdict allows to be shown, before anything else can be done with them. What a page
was sent is then compared with it: nothing may have come that no verdict allowed. A share of
verdicts, PEERLINE_TEST_FAULTY, is a judge that crashes instead.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Set as AbstractSet
from pathlib import Path
from random import Random

from moderation.conversation import ConversationState
from moderation.deadline import Deadline
from moderation.pipeline import Judge
from moderation.terms import Decision, Delivery

FILE, FAULTY = "PEERLINE_TEST_WITNESS", "PEERLINE_TEST_FAULTY"
SIZE = 16


def mark(text: str) -> bytes:
    """What stands for these bytes in the witness's file."""
    return hashlib.blake2b(text.encode(), digest_size=SIZE).digest()


def allowed(file: Path) -> AbstractSet[bytes]:
    """Everything any verdict allowed."""
    told = file.read_bytes()
    return {told[at : at + SIZE] for at in range(0, len(told), SIZE)}


def watch() -> None:
    """Have every verdict of this process witnessed, if the environment asks for it."""
    if FILE not in os.environ:
        return
    told = os.open(os.environ[FILE], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    faulty, chance = float(os.environ.get(FAULTY, "0")), Random(os.getpid())
    judge_turn, judge = Deadline.judge_turn, Judge.judge_turn

    def failing(self: Judge, text: str, state: ConversationState, seat: int) -> Decision:
        if chance.random() < faulty:
            raise MemoryError
        return judge(self, text, state, seat)

    def witnessed(self: Deadline, text: str, state: ConversationState, seat: int) -> Decision:
        decision = judge_turn(self, text, state, seat)
        if decision.delivery is not Delivery.HOLD:
            os.write(told, mark(decision.shown))
        return decision

    Judge.judge_turn = failing  # type: ignore[method-assign]
    Deadline.judge_turn = witnessed  # type: ignore[method-assign]

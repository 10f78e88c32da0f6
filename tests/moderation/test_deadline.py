from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from moderation.conversation import ConversationState
from moderation.deadline import ASIDE_SECONDS, Deadline
from moderation.pipeline import Judge
from moderation.terms import Attention, Category, Delivery, Finding
from moderation.text import Reading
from tests.moderation.judging import judged, shared_judge

LIMIT = 0.05


class Slow:
    """A detector that runs what it is given."""

    name = "slow"

    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act
        self.calls = 0

    def find(self, _reading: Reading) -> Sequence[Finding]:
        self.calls += 1
        self.act()
        return []


class Clock:
    """Time that moves only when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _stop_timing() -> Iterator[None]:
    """No timer is left running; the handler stays, for the default one would end the tests."""
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


def _loop() -> None:
    while True:
        pass


def _backtrack() -> None:
    re.match(r"(a+)+$", "a" * 40 + "b")


class _Finalized:
    """Hangs while it is thrown away, where Python swallows whatever is raised."""

    def __del__(self) -> None:
        _loop()


def _throw_away_then_loop() -> None:
    _Finalized()
    _loop()


def _nothing() -> None:
    return


def _deadline(slow: Slow, clock: Clock) -> Deadline:
    return Deadline(Judge(shared_judge().book, [slow]), LIMIT, clock)


@pytest.mark.parametrize("hang", [_loop, _backtrack])
def test_a_detector_that_hangs_ends_in_time_and_the_message_is_held(
    hang: Callable[[], None],
) -> None:
    """An endless loop or a catastrophic expression cannot keep a message for ever."""
    decision = judged(_deadline(Slow(hang), Clock()), "hello")
    assert (decision.attention, decision.delivery) == (Attention.QUEUE, Delivery.HOLD)
    assert decision.category is Category.FAULT


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_F23_an_end_that_python_swallows_is_tried_again() -> None:
    """A judge that hangs on after its time was up in a finalizer is ended all the same."""
    decision = judged(_deadline(Slow(_throw_away_then_loop), Clock()), "hello there")
    assert decision.delivery is Delivery.HOLD
    assert decision.findings[0].rule == "overdue"


def test_F23_a_judge_that_fails_altogether_holds_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever goes wrong outside every detector, the message is held and not passed."""
    deadline = _deadline(Slow(_nothing), Clock())

    def fail(*_: object) -> None:
        raise RuntimeError("a fault of judging itself")

    monkeypatch.setattr(deadline.inner, "judge_turn", fail)
    state = ConversationState()
    decision = deadline.judge_turn("hello", state, 0)
    assert (decision.delivery, decision.category) == (Delivery.HOLD, Category.FAULT)
    assert state.seats[0].turns == 1


def test_after_three_overruns_the_judge_is_put_aside_and_then_tried_again() -> None:
    """A judge that keeps hanging is left alone for thirty seconds; messages are held at once."""
    slow, clock = Slow(_loop), Clock()
    deadline = _deadline(slow, clock)
    for _ in range(5):
        assert judged(deadline, "hello").delivery == Delivery.HOLD
    assert slow.calls == 3
    clock.now = ASIDE_SECONDS
    slow.act = _nothing
    assert judged(deadline, "hello").delivery == Delivery.DELIVER
    assert slow.calls == 4


def test_failures_that_are_not_in_a_row_put_nothing_aside() -> None:
    """One good message between two failures starts the count again."""
    slow = Slow(_nothing)
    deadline = _deadline(slow, Clock())
    for number, act in enumerate((_loop, _loop, _nothing, _loop, _loop, _nothing)):
        slow.act = act
        judged(deadline, f"hello {number}")  # the same words again would be answered from memory
    assert slow.calls == 6


def test_a_message_in_time_is_judged_as_ever() -> None:
    """The limit changes nothing for a message that is judged within it."""
    deadline = Deadline(shared_judge(), 5.0, Clock())
    text = "i want to kill myself tonight"
    assert judged(deadline, text) == shared_judge().judge(text)


def test_a_turn_that_was_not_judged_still_counts_as_a_turn() -> None:
    """The room's memory keeps step with its messages even when judging failed."""
    state = ConversationState()
    _deadline(Slow(_loop), Clock()).judge_turn("hello", state, 1)
    assert state.seats[1].turns == 1


def test_off_the_main_thread_messages_are_judged_without_the_timer() -> None:
    """No signal can be used there, so judging runs unguarded rather than not at all."""
    deadline = Deadline(shared_judge(), LIMIT, Clock())
    seen: list[Attention] = []
    thread = threading.Thread(
        target=lambda: seen.append(judged(deadline, "im going to kill myself tonight").attention)
    )
    thread.start()
    thread.join()
    assert seen == [Attention.PAGE]

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from structlog.testing import capture_logs

from moderation.scorers import ScorerError
from moderation.second_opinion import FAILURES_IN_A_ROW, Asked, Limits, SecondOpinion
from moderation.terms import Attention, Category, Delivery, Finding, Text

PATIENCE = 20.0


class Scripted:
    """A scorer that does what it is told: a score, an error, or nothing for ever."""

    def __init__(self, *script: float | Exception | None) -> None:
        self.script = list(script)
        self.prepared = 0
        self.texts: list[str] = []
        self.hanging = asyncio.Event()

    async def prepare(self) -> None:
        self.prepared += 1

    async def score(self, text: str) -> Mapping[Category, float]:
        self.texts.append(text)
        act = self.script.pop(0) if self.script else 0.0
        if act is None:
            self.hanging.set()
            await asyncio.Event().wait()
        if isinstance(act, Exception):
            raise act
        assert act is not None
        return {Category.SUICIDE: act, Category.BULLYING: 0.01}

    async def close(self) -> None:
        pass


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """Hears what is raised."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Finding]] = []
        self.news = asyncio.Event()

    async def raised(self, asked: Asked, finding: Finding) -> None:
        self.heard.append((asked.mid, finding))
        self.news.set()


def _asked(mid: str, attention: Attention = Attention.NONE) -> Asked:
    return Asked("room", 0, mid, Text("some words"), attention)


async def _settled(second: SecondOpinion) -> None:
    async with asyncio.timeout(PATIENCE):
        await second.quiet()


async def _through(
    scorer: Scripted, asked: list[Asked], limits: Limits, clock: Clock
) -> tuple[SecondOpinion, Desk]:
    desk = Desk()
    second = SecondOpinion(scorer, limits, desk.raised, clock)
    second.start()
    for one in asked:
        second.offer(one)
    await _settled(second)
    return second, desk


async def test_a_high_score_makes_a_moderator_look_and_a_low_one_nobody() -> None:
    """The finding covers the whole message, names the scorer and never changes what is shown."""
    second, desk = await _through(
        Scripted(0.95, 0.5), [_asked("a"), _asked("b")], Limits(), Clock()
    )
    ((mid, finding),) = desk.heard
    assert mid == "a"
    assert (finding.attention, finding.delivery) == (Attention.QUEUE, Delivery.DELIVER)
    assert (finding.detector, finding.category) == ("second_opinion", Category.SUICIDE)
    await second.close()


async def test_it_pages_only_where_the_school_says_so() -> None:
    """Without `page_from` the highest score still only queues."""
    plain, desk = await _through(Scripted(1.0), [_asked("a")], Limits(), Clock())
    assert desk.heard[0][1].attention is Attention.QUEUE
    paging, other = await _through(Scripted(1.0), [_asked("a")], Limits(page_from=0.99), Clock())
    assert other.heard[0][1].attention is Attention.PAGE
    await plain.close()
    await paging.close()


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("page_from", [None, 0.99])
@pytest.mark.parametrize("attention", list(Attention))
async def test_no_score_ever_lowers_attention(
    attention: Attention, page_from: float | None, score: float
) -> None:
    """What comes out is always more than the rules made of it, or nothing comes out."""
    limits = Limits(page_from=page_from)
    desk = Desk()
    second = SecondOpinion(Scripted(score), limits, desk.raised, Clock())
    second.start()
    second.offer(_asked("a", attention))
    second.offer(_asked("last"))
    await _settled(second)
    assert all(finding.attention > attention for mid, finding in desk.heard if mid == "a")
    await second.close()


async def test_a_hanging_scorer_is_given_up_and_the_next_message_asked() -> None:
    """One message is lost to it, not the ones behind."""
    scorer = Scripted(None, 0.95)
    second, desk = await _through(scorer, [_asked("a"), _asked("b")], Limits(seconds=0.05), Clock())
    assert [mid for mid, _ in desk.heard] == ["b"]
    assert second.tally.failed == 1
    assert scorer.prepared == 2
    await second.close()


async def test_offering_never_waits_and_what_does_not_fit_is_left_out() -> None:
    """While a scorer hangs, the queue fills to its bound and no further."""
    scorer, desk = Scripted(None), Desk()
    second = SecondOpinion(scorer, Limits(seconds=60, waiting=5), desk.raised, Clock())
    second.start()
    second.offer(_asked("first"))
    async with asyncio.timeout(PATIENCE):
        await scorer.hanging.wait()
    for number in range(50):
        second.offer(_asked(str(number)))
    assert second.tally.left_out == 45
    await second.close()


async def test_a_scorer_that_keeps_failing_is_put_aside_and_asked_again_later() -> None:
    """The operator is told without a word of any message; later it gets another chance."""
    clock = Clock()
    wrong = ScorerError("the answer is no table of scores")
    scorer = Scripted(*[wrong] * FAILURES_IN_A_ROW, 0.95)
    with capture_logs() as logs:
        second, desk = await _through(
            scorer, [_asked(str(n)) for n in range(FAILURES_IN_A_ROW)], Limits(), clock
        )
    assert second.aside
    assert logs[-1]["event"] == "second_opinion_put_aside"
    assert "some words" not in str(logs)
    second.offer(_asked("while aside"))
    assert second.tally.left_out == 1
    clock.now += Limits().aside_seconds
    second.offer(_asked("later"))
    async with asyncio.timeout(PATIENCE):
        await desk.news.wait()
    assert [mid for mid, _ in desk.heard] == ["later"]
    await second.close()


async def test_a_scorer_that_cries_wolf_fills_no_more_than_its_share() -> None:
    """One that raises everything is left out until an hour has passed, and that is logged once."""
    clock = Clock()
    limits = Limits(raised_per_hour=3)
    with capture_logs() as logs:
        asked = [_asked(str(n)) for n in range(10)]
        second, desk = await _through(Scripted(*[1.0] * 11), asked, limits, clock)
    assert (len(desk.heard), second.tally.left_out) == (3, 7)
    assert [entry["event"] for entry in logs] == ["second_opinion_raises_too_much"]
    clock.now += 3600
    second.offer(_asked("an hour later"))
    await _settled(second)
    assert len(desk.heard) == 4
    await second.close()


async def test_what_it_queues_uses_up_no_page() -> None:
    """However many items one student makes it raise, the next child in danger pages."""
    scorer = Scripted(*[0.95] * 5, 1.0)
    limits = Limits(raised_per_hour=3, page_from=0.99)
    second, desk = await _through(scorer, [_asked(str(n)) for n in range(6)], limits, Clock())
    assert [finding.attention.word for _, finding in desk.heard] == ["queue"] * 3 + ["page"]
    await second.close()


async def test_a_failure_to_keep_what_was_raised_does_not_end_it() -> None:
    """The records may be gone for a moment; the next opinion is carried out."""
    calls: list[str] = []

    async def raised(asked: Asked, _finding: Finding) -> None:
        calls.append(asked.mid)
        if len(calls) == 1:
            raise OSError

    second = SecondOpinion(Scripted(1.0, 1.0), Limits(), raised, Clock())
    second.start()
    second.offer(_asked("a"))
    second.offer(_asked("b"))
    await _settled(second)
    assert calls == ["a", "b"]
    await second.close()

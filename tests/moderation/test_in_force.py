from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from moderation.deadline import FAILURES_IN_A_ROW, Deadline
from moderation.in_force import InForce
from moderation.outcomes import Change
from moderation.pipeline import Judge
from moderation.rules import LexiconError
from moderation.terms import Category, Decision
from moderation.text import Reading
from tests.moderation.judging import judged, shared_judge

RULE = """category = "abuse"
[[rule]]
id = "school_own"
attention = "page"
say = ["zorgshed"]
match = ["he keeps me in the zorgshed"]
miss = ["{miss}"]
"""


@pytest.fixture(scope="module")
def two() -> tuple[Judge, Judge]:
    """Two rule sets that disagree about two texts, each in one way."""
    shared = shared_judge()
    strict = {Category.PROFANITY: Change(at_least="hold")}
    loose = {Category.PROFANITY: Change(at_most="deliver")}
    return (
        Judge(shared.book, shared.detectors, strict),
        Judge(shared.book, shared.detectors, loose),
    )


@pytest.fixture(autouse=True)
def _stop_timing() -> Iterator[None]:
    """No timer is left running by a judge that nobody closes."""
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


def _clock() -> float:
    return 7.0


async def test_new_rules_judge_from_the_next_message_on(tmp_path: Path) -> None:
    """A file put there while the server runs is in force after a reload, under its own version."""
    deadline = Deadline(shared_judge(), 10.0, _clock)
    rules = InForce(deadline, lambda: Judge.load(sorted(tmp_path.glob("*.toml"))), _clock)
    text = "a new zorgshed"
    before = judged(deadline, text)
    (tmp_path / "own.toml").write_text(RULE.format(miss="hi"))
    loaded = await rules.reload()
    after = judged(deadline, text)
    assert (before.attention.word, after.attention.word) == ("none", "page")
    assert before.version != after.version == loaded.version == rules.judge.version
    assert (loaded.at, loaded.refused) == (7.0, "")


@pytest.mark.parametrize("content", [RULE.format(miss="a zorgshed"), "not toml ="])
async def test_bad_rules_leave_the_old_in_force_and_are_told(tmp_path: Path, content: str) -> None:
    """The reason is kept for staff; the log names the place and quotes nothing."""
    deadline = Deadline(shared_judge(), 10.0, _clock)
    rules = InForce(deadline, lambda: Judge.load([tmp_path / "own.toml"]), _clock)
    (tmp_path / "own.toml").write_text(content)
    with capture_logs() as logs:
        loaded = await rules.reload()
    assert "own.toml" in loaded.refused
    assert loaded.version == deadline.version == shared_judge().version
    assert [(entry["event"], "own.toml" in entry["place"]) for entry in logs] == [
        ("rules_refused", True)
    ]
    assert "a zorgshed" not in str(logs)
    (tmp_path / "own.toml").write_text(RULE.format(miss="hi"))
    assert (await rules.reload()).refused == ""


async def test_a_fault_while_building_leaves_the_old_in_force() -> None:
    """Whatever goes wrong, messages are judged as before."""

    def broken() -> Judge:
        raise MemoryError("of no use to anybody")

    deadline = Deadline(shared_judge(), 10.0, _clock)
    rules = InForce(deadline, broken, _clock)
    assert (await rules.reload()).refused == "MemoryError"
    assert deadline.inner is shared_judge()


async def test_every_message_is_judged_by_one_whole_rule_set(two: tuple[Judge, Judge]) -> None:
    """Under load and reloads, each decision fits the version that stands on it."""
    deadline = Deadline(two[0], 10.0, _clock)
    turns = {judge.version: judge.judge("oh shit").delivery.word for judge in two}
    assert sorted(turns.values()) == ["deliver", "hold"]
    built: Iterator[Judge] = iter([*two] * 20)
    rules = InForce(deadline, lambda: next(built), _clock)
    decisions: list[Decision] = []
    over = threading.Event()

    def talk() -> None:
        while not over.is_set():
            decisions.append(judged(deadline, "oh shit"))

    talkers = [threading.Thread(target=talk) for _ in range(2)]
    for talker in talkers:
        talker.start()
    for _ in range(40):
        await rules.reload()
        decisions.append(judged(deadline, "oh shit"))
        await asyncio.sleep(0)
    over.set()
    for talker in talkers:
        talker.join()
    assert {decision.version for decision in decisions} == set(turns)
    assert all(decision.delivery.word == turns[decision.version] for decision in decisions)


async def test_reloads_at_the_same_time_wait_for_each_other(two: tuple[Judge, Judge]) -> None:
    """The last to ask is the last to load."""
    deadline = Deadline(two[0], 10.0, _clock)
    under_way, most = 0, 0
    built = iter([two[0], two[1]])

    def build() -> Judge:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        judge = next(built)
        under_way -= 1
        return judge

    rules = InForce(deadline, build, _clock)
    await asyncio.gather(rules.reload(), rules.reload())
    assert (most, deadline.version) == (1, two[1].version)


async def test_rules_that_failed_and_were_put_aside_are_forgiven_with_the_new() -> None:
    """A judge that crashed on everything does not keep its successor waiting."""

    class Broken:
        name = "broken"

        def find(self, _reading: Reading) -> list[object]:
            raise LexiconError("odd")

    shared = shared_judge()
    broken = Judge(shared.book, [Broken()])  # type: ignore[list-item]
    deadline = Deadline(broken, 10.0, _clock)
    for _ in range(FAILURES_IN_A_ROW + 1):
        assert judged(deadline, "hello").delivery.word == "hold"
    await InForce(deadline, shared_judge, _clock).reload()
    assert judged(deadline, "hello").delivery.word == "deliver"

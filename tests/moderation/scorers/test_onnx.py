from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from moderation.scorers import ScorerError
from moderation.scorers.onnx import OnnxScorer
from moderation.terms import Category
from tests.moderation.scorers import models


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_real_model_scores_messages_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Each category of its metadata gets its number, for any text at all."""
    scorer = OnnxScorer(models.hears(tmp_path / "m.onnx", "moonbeam"))
    await scorer.prepare()
    assert scorer._child is not None
    pid = scorer._child.pid
    assert pid != os.getpid()
    heard = await scorer.score("a line\nwith a moonbeam \U0001f319")
    assert heard == pytest.approx({Category.SUICIDE: 0.95, Category.BULLYING: 0.1})
    for text in ("", "\0", "\ud800", "x" * 4000):
        assert (await scorer.score(text))[Category.SUICIDE] == 0
    await scorer.close()
    assert not _alive(pid)


async def test_a_hanging_model_is_ended_with_its_process(tmp_path: Path) -> None:
    """When its time is over nothing of it is left running, and it can be started again."""
    scorer = OnnxScorer(models.hangs(tmp_path / "m.onnx"))
    await scorer.prepare()
    assert scorer._child is not None
    pid = scorer._child.pid
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await scorer.score("hello")
    assert not _alive(pid)
    with pytest.raises(ScorerError):
        await scorer.score("hello")


@pytest.mark.parametrize("values", [[float("nan")], [7.0], [-1.0], [0.5, 0.5]])
async def test_a_lying_model_is_not_believed(tmp_path: Path, values: list[float]) -> None:
    """No number, a number out of range, more numbers than names: an error each time."""
    scorer = OnnxScorer(models.answers(tmp_path / "m.onnx", values))
    await scorer.prepare()
    with pytest.raises(ScorerError):
        await scorer.score("hello")
    assert scorer._child is None


async def test_what_is_no_model_of_texts_is_refused_before_it_is_asked(tmp_path: Path) -> None:
    """No file, no model, no text input, no names, an unknown name: each is told."""
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a model")
    unnamed = models.answers(tmp_path / "unnamed.onnx", [0.5], "")
    numbers = models.wants_numbers(tmp_path / "numbers.onnx")
    for path in (tmp_path / "none.onnx", broken, unnamed, numbers):
        scorer = OnnxScorer(path)
        with pytest.raises(ScorerError):
            await scorer.prepare()
        assert scorer._child is None
    unknown = OnnxScorer(models.answers(tmp_path / "unknown.onnx", [0.5], "weather"))
    await unknown.prepare()
    with pytest.raises(ScorerError):
        await unknown.score("hello")

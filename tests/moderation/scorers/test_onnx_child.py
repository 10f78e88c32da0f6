from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from moderation.scorers.onnx_child import loaded, serve, words
from tests.moderation.scorers import models


def test_every_line_is_answered_in_order(tmp_path: Path) -> None:
    """A lone surrogate, which the model's library would refuse, is a question mark to it."""
    run = loaded(str(models.hears(tmp_path / "m.onnx", "moonbeam")))
    lines = "".join(json.dumps(text) + "\n" for text in ("moonbeam", "\ud800", "sun"))
    answers = io.BytesIO()
    serve(run, io.BytesIO(lines.encode()), answers)
    scores = [json.loads(line)["scores"]["suicide"] for line in answers.getvalue().splitlines()]
    assert scores == pytest.approx([0.95, 0, 0])


def test_a_model_without_names_is_refused(tmp_path: Path) -> None:
    """What its numbers mean would be a guess."""
    with pytest.raises(ValueError, match="no categories"):
        loaded(str(models.answers(tmp_path / "m.onnx", [0.5], "")))


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Moonbeam!", 1),
        ("ｍｏｏｎｂｅａｍ", 1),
        ("moonbeams", 0),
    ],
)
def test_a_model_may_ask_for_words(tmp_path: Path, text: str, score: float) -> None:
    """It is given them as the trained score reads them, whatever letters they were written in."""
    run = loaded(str(models.knows(tmp_path / "m.onnx", "moonbeam")))
    assert run(text) == {"suicide": score}


def test_abbreviations_are_written_out_for_a_model() -> None:
    """What short forms stand for is known in one place, and a model need not learn them."""
    assert words()("kms 14") == ["kill", "myself", "#"]


def test_of_a_message_without_words_a_model_says_nothing(tmp_path: Path) -> None:
    """There is nothing to be given."""
    run = loaded(str(models.knows(tmp_path / "m.onnx", "moonbeam")))
    assert run(" ?! \n") == {}

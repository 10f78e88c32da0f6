from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from moderation.scorers.onnx_child import loaded, serve
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

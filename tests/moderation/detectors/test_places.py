from __future__ import annotations

import json

import pytest

from moderation.corpus_lines import CORPUS
from moderation.detectors import places
from moderation.detectors.places import Places
from moderation.text import read
from tests.moderation.judging import shared_judge

TEXTS = [
    json.loads(line)["text"]
    for path in sorted(CORPUS.glob("*-messages.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


def test_looking_for_a_word_first_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the patterns find in our texts they find behind their gate of words as well."""
    detector = Places(shared_judge().book)
    readings = [reading for text in TEXTS if (reading := read(text)).odd]
    gated = [detector.find(reading) for reading in readings]
    monkeypatch.setattr(places, "_any_word", lambda *_: True)
    assert gated == [detector.find(reading) for reading in readings]
    assert sum(map(bool, gated)) > 100

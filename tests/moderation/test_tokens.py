from __future__ import annotations

from random import Random

import pytest

from moderation import tokens as module
from moderation.corpus_lines import CORPUS, corpus
from moderation.gates import SHUT
from moderation.tokens import Calling, Words
from moderation.vocabulary import UNKNOWN
from tests.moderation.judging import shared_judge
from tests.moderation.perturbations import DISGUISES, SLIPS

CALLING = [
    Calling(frozenset({"ana", "@"})),
    Calling(parts=("snap", "ana")),
    Calling(codes={"k"}),
    Calling(test=lambda token, codes: token == "zog" and codes == UNKNOWN),
]


def _words() -> Words:
    codes = {"ana": "", "kill": "k", "k1ll": "k", "gonna": "gk"}
    return Words(
        {**dict.fromkeys(("snapped", "@", "dog", "zog"), "\x01"), **codes}, lambda _: SHUT, CALLING
    )


@pytest.mark.parametrize(
    ("token", "calls"),
    [
        ("dog", 0b0000),
        ("zog", 0b1000),
        ("@", 0b001),
        ("snapped", 0b010),
        ("ana", 0b011),
        ("kill", 0b100),
        ("k1ll", 0b100),
        ("gonna", 0b100),
    ],
)
def test_a_token_calls_who_named_it_a_part_of_it_or_a_code(token: str, calls: int) -> None:
    """Each detector is called by its own words, inside longer ones, in disguise, or by a test."""
    assert _words()[token].calls == calls


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit nothing more is remembered, and the answer is the same."""
    words = _words()
    monkeypatch.setattr(module, "MOST_REMEMBERED", 2)
    assert words["kill"] is words["k1ll"]
    once = words["snapped"]
    assert words["snapped"] == once
    assert set(words) == {"kill", "k1ll"}


def test_a_detector_that_is_not_called_would_find_nothing() -> None:
    """For written messages, plain and disguised, asking every detector finds nothing more."""
    judge, chance = shared_judge(), Random(5)
    texts = [record["text"] for record in corpus(str(CORPUS)) if "text" in record][::23]
    ways = [lambda text, _: text, *DISGUISES.values(), *SLIPS.values()]
    for at, text in enumerate(texts):
        reading = judge.reading(ways[at % len(ways)](text, chance))
        for bit, detector in judge.numbered:
            assert reading.calls & bit or not detector.find(reading), (detector.name, text)

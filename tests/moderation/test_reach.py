from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from moderation.corpus_lines import CORPUS, corpus
from moderation.pipeline import Judge
from moderation.reach import Reach
from tests.moderation.judging import shared_judge

RULES = """category = "abuse"
[[rule]]
id = "own.zorgshed"
attention = "page"
say = ["zorgshed", "(bikeshed|barn) _3 took me"]
match = ["he keeps me in the zorgshed"]
miss = ["a shed"]
[lowered.suicide_intent]
reason = "paged for the school play all week"
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """A judge with a rule of a school's own, and a shipped one made weaker."""
    path: Path = tmp_path_factory.mktemp("rules") / "own.toml"
    path.write_text(RULES)
    return Judge.load([path])


@pytest.mark.parametrize(
    ("text", "touched"),
    [
        ("he keeps me in the zorgshed", True),
        ("the z0rgsh3d", True),
        ("bobzorgshed told me", True),
        ("the barn where he took me", True),
        ("im going to kill myself", True),
        ("the barn is old", False),
        ("have you done the maths", False),
    ],
)
def test_a_change_touches_what_it_may_decide_otherwise(
    changed: Judge, text: str, *, touched: bool
) -> None:
    """Its own wordings, its new words in any disguise, and what a weaker rule fits."""
    assert Reach(shared_judge(), changed).touches(text) is touched
    assert Reach(changed, shared_judge()).touches(text) is touched


def test_what_a_change_cannot_touch_is_decided_as_before(changed: Judge) -> None:
    """Of the written messages, nothing is decided otherwise that it was not said to touch."""
    old, reach = shared_judge(), Reach(shared_judge(), changed)
    texts = [record["text"] for record in corpus(str(CORPUS / "tl-messages.jsonl"))]
    untouched = [text for text in texts if not reach.touches(text)]
    assert 0.8 * len(texts) < len(untouched) < len(texts)
    for text in untouched:
        assert old.judge(text).findings == changed.judge(text).findings


def test_the_same_rules_touch_nothing() -> None:
    """There is no change."""
    reach = Reach(shared_judge(), shared_judge())
    assert not any(map(reach.touches, ["im going to kill myself", "zorgshed", ""]))


def test_rules_that_were_read_anew_may_touch_everything() -> None:
    """After an update on disk, nothing is known to be as it was."""
    shared = shared_judge()
    book = dataclasses.replace(shared.book, scopes=dataclasses.replace(shared.book.scopes))
    assert Reach(shared, Judge(book, shared.detectors)).touches("hi")

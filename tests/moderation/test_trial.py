from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation import trial
from moderation.backtest import compared
from moderation.corpus_lines import CORPUS, corpus
from moderation.layer import Add, Lower, toml_of
from moderation.pipeline import Judge
from moderation.trial import Moved, tried
from tests.moderation.judging import shared_judge

OWN = Add(
    id="own.zorgshed",
    category="abuse",
    attention="page",
    delivery="deliver",
    say=("zorgshed _2 tonight",),
    match=("the zorgshed again tonight",),
    miss=("a shed",),
)
LOWER = Lower(id="suicide_intent", reason="paged for the school play all week")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """A judge with a rule of a school's own, and a shipped one made weaker."""
    path: Path = tmp_path_factory.mktemp("rules") / "approved.toml"
    path.write_text(toml_of([(OWN, False), (LOWER, False)]))
    return Judge.load([path])


def test_a_trial_counts_what_judging_everything_would_count(changed: Judge) -> None:
    """What the change cannot touch is left out, and alters no count of what moved."""
    written = corpus(str(CORPUS / "us-messages.jsonl"))[:800]
    found, whole = (
        tried(shared_judge(), changed, written, {}),
        compared(shared_judge(), changed, written),
    )
    assert {(one.before, one.after): one.count for one in found.moved_written} == whole.moved
    assert whole.moved
    assert whole.new.missed - whole.old.missed == found.missed[1] - found.missed[0]
    assert found.written == 800
    assert found.touched == found.judged
    assert 0 < (found.touched or 0) < 100


def test_a_wording_sent_in_pieces_is_touched_too(changed: Judge) -> None:
    """Neither message says enough alone; a room that says nothing of it is not judged."""
    talk = {"a": [(0, "zorgshed again"), (1, "what"), (0, "tonight")], "b": [(0, "tonight")]}
    found = tried(shared_judge(), changed, [], talk)
    assert found.stored == 4
    assert found.moved_stored == (Moved("none", "page", 1),)


def test_of_much_that_a_change_touches_so_much_is_judged_evenly_spread(
    changed: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However common the words of a change are, a trial ends, and says what it left out."""
    monkeypatch.setattr(trial, "MOST_JUDGED", 10)
    written = [
        {"id": number, "text": f"{'zorgshed' if number % 2 else 'shed'} tonight {number}"}
        for number in range(50)
    ]
    found = tried(shared_judge(), changed, written, {})
    assert (found.written, found.touched, found.judged) == (50, 25, 9)
    assert found.moved_written == (Moved("none", "page", 9),)


def test_a_trial_lets_others_in_between_any_two_messages(changed: Judge) -> None:
    """Whatever it goes over, it goes over at the pace it is given."""
    passed: list[object] = []

    def paced(things: Iterable[Any]) -> Iterator[Any]:
        for thing in things:
            passed.append(thing)
            yield thing

    record, said = {"text": "zorgshed tonight"}, [(0, "zorgshed tonight")]
    tried(shared_judge(), changed, [record], {"a": said}, paced)
    assert passed == [record, record, said, said]

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.layer import Add, Lower, lowered, toml_of
from moderation.pipeline import Judge
from moderation.rules import LexiconError
from moderation.terms import Attention
from tests.moderation.judging import OWN, shared_judge

PAGES = "suicide_intent"
TEXT = "im going to kill myself tonight"


def _load(folder: Path, text: str) -> Judge:
    path = folder / "approved.toml"
    path.write_text(text, encoding="utf-8")
    return Judge.load([path])


def test_an_added_rule_judges_and_in_shadow_is_only_recorded(tmp_path: Path) -> None:
    """In shadow the finding is kept with the message and nobody is disturbed."""
    live = _load(tmp_path, toml_of([(OWN, False)])).judge("a new zorgshed")
    shadow = _load(tmp_path, toml_of([(OWN, True)])).judge("a new zorgshed")
    assert (live.attention, shadow.attention) == (Attention.PAGE, Attention.NONE)
    assert "own.zorgshed" in {finding.rule for finding in shadow.findings}


def test_a_lowered_rule_does_one_step_less_and_has_its_reason_in_the_file(tmp_path: Path) -> None:
    """A page becomes a look; every other rule stays, and so do the rule's examples."""
    text = toml_of([(Lower(id=PAGES, reason="paged for song lyrics all week"), False)])
    assert "song lyrics" in text
    judge = _load(tmp_path, text)
    rules = {rule.id: rule.attention for rule in judge.book.rules}
    before = {rule.id: rule.attention for rule in shared_judge().book.rules}
    assert (before[PAGES], rules[PAGES]) == (Attention.PAGE, Attention.QUEUE)
    assert {name for name in rules if rules[name] != before[name]} == {PAGES}
    assert judge.version != shared_judge().version


def test_a_lowering_that_is_not_yet_agreed_on_has_no_effect() -> None:
    """Only what is live may make anybody look less."""
    assert PAGES not in toml_of([(Lower(id=PAGES, reason="a reason of some length"), True)])


@pytest.mark.parametrize(
    "text",
    [
        '[lowered.suicide_intent]\nreason = ""\n',
        '[lowered.suicide_intent]\nreason = "short"\n',
        "[lowered.suicide_intent]\n",
        '[lowered.suicide_intent]\nreason = "a good long reason"\nto = "none"\n',
        '[lowered.no_such_rule]\nreason = "a good long reason"\n',
        "lowered = 3\n",
    ],
)
def test_lowering_needs_a_rule_and_a_reason(text: str) -> None:
    """A file that lowers without saying why is refused whole."""
    with pytest.raises(LexiconError, match="lowered"):
        lowered(shared_judge().book, {Path("f"): text})


def test_a_rule_that_disturbs_nobody_cannot_be_lowered() -> None:
    """There is nothing below a record."""
    quiet = next(r.id for r in shared_judge().book.rules if r.attention is Attention.NONE)
    text = f'[lowered."{quiet}"]\nreason = "long enough words"\n'
    with pytest.raises(LexiconError, match="disturbs nobody"):
        lowered(shared_judge().book, {Path("f"): text})


@given(st.text(min_size=1, max_size=40), st.text(min_size=10, max_size=40))
def test_whatever_staff_write_the_file_can_be_read(example: str, reason: str) -> None:
    """Quotes, line ends, brackets and control characters never break out of their string."""
    odd = Add(
        id="own.x",
        category="abuse",
        attention="queue",
        delivery="deliver",
        say=(example,),
        match=(example, '"] \n[lowered.suicide_intent]'),
        miss=("\\",),
    )
    read = tomllib.loads(toml_of([(odd, False), (Lower(id="a", reason=reason), False)]))
    assert set(read) == {"rule", "lowered"}
    assert len(read["rule"][0]["match"]) == 2
    assert set(read["lowered"]) == {"a"}

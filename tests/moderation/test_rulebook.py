from __future__ import annotations

from pathlib import Path

import pytest

from moderation.pipeline import Judge
from moderation.rulebook import load
from moderation.rules import LexiconError
from moderation.terms import Attention

RULE = """category = "abuse"

[[rule]]
id = "school_own"
attention = "{attention}"
say = ["{say}"]
match = ["he keeps me in the zorgshed"]
miss = ["{miss}"]
"""


def _write(
    folder: Path, *, attention: str = "page", say: str = "zorgshed", miss: str = "hi"
) -> Path:
    path = folder / "own.toml"
    path.write_text(RULE.format(attention=attention, say=say, miss=miss), encoding="utf-8")
    return path


def test_a_school_adds_its_own_rules(tmp_path: Path) -> None:
    """A school's file works on top of the shipped rules, and changes the version."""
    path = _write(tmp_path)
    judge = Judge.load([path])
    assert judge.judge("he keeps me in the zorgshed").attention == Attention.PAGE
    assert judge.version != load().version
    sure = {rule.id for rule in judge.book.rules if rule.sure}
    assert {"slur", "es_slur", "school_own"} <= sure
    assert "insult_likely" not in sure


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"miss": "the zorgshed again"}, "must not match"),
        ({"say": "zorgbarn"}, "must match"),
        ({"say": "to the"}, "no literal rare enough"),
        ({"say": "@nowhere zorgshed"}, "unknown word class"),
        ({"attention": "loud"}, "expected one of"),
    ],
)
def test_a_file_that_does_not_hold_is_refused_with_its_line(
    tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    """The message names the file, the line of the rule and the reason."""
    path = _write(tmp_path, **change)
    with pytest.raises(LexiconError, match=reason) as refusal:
        Judge.load([path])
    assert f"{path}:4" in str(refusal.value)


@pytest.mark.parametrize("text", ["not toml = = =", "nonsense = 1", "\ud800"])
def test_a_file_that_is_no_rule_file_is_refused(tmp_path: Path, text: str) -> None:
    """Broken TOML, unknown tables and bytes that are not UTF-8 name the file."""
    path = tmp_path / "broken.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(LexiconError, match=r"broken\.toml"):
        load([path])


def test_two_rules_cannot_share_an_id(tmp_path: Path) -> None:
    """An id names one rule, so that a finding can be traced."""
    path = tmp_path / "own.toml"
    path.write_text(
        RULE.format(attention="page", say="zorgshed", miss="hi").replace("school_own", "insult")
    )
    with pytest.raises(LexiconError, match="taken"):
        load([path])

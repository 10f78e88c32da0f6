from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from moderation.corpus_lines import CORPUS, corpus
from moderation.pipeline import Judge
from moderation.rule_files import text_of
from moderation.rulebook import LEXICON, Rulebook, added
from moderation.rules import LexiconError
from moderation.terms import Attention
from tests.moderation.judging import shared_judge

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


def _added(path: Path) -> Rulebook:
    return added(shared_judge().book, {path: text_of(path)})


def test_a_school_adds_its_own_rules(tmp_path: Path) -> None:
    """A school's file works on top of the shipped rules, and changes the version."""
    path = _write(tmp_path)
    judge = Judge.load([path])
    assert judge.judge("he keeps me in the zorgshed").attention == Attention.PAGE
    assert judge.version != shared_judge().version
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
        _added(path)


def test_two_rules_cannot_share_an_id(tmp_path: Path) -> None:
    """An id names one rule, so that a finding can be traced."""
    path = tmp_path / "own.toml"
    path.write_text(
        RULE.format(attention="page", say="zorgshed", miss="hi").replace("school_own", "insult")
    )
    with pytest.raises(LexiconError, match="taken"):
        _added(path)


def test_rules_added_to_a_built_book_judge_as_if_built_with_it(tmp_path: Path) -> None:
    """Whatever was built before, what is said is decided as by one book of all the files."""
    folder = tmp_path / "lexicon"
    shutil.copytree(LEXICON, folder)
    beside = _write(tmp_path, say='zorgshed", "old barn _3 took me')
    sure = beside.read_text().replace("[[rule]]", "[[rule]]\nsure = true")
    (folder / "own.toml").write_text(sure)
    whole, layered = Judge.load(directory=folder), Judge.load([beside])
    texts = ["z0rgshed", "zorgsheddd", "my name is bob zorgshed", "the 0ld barn he took me to"]
    texts += [record["text"] for record in corpus(str(CORPUS / "tl-messages.jsonl"))]
    for text in texts:
        one, other = whole.judge(text), layered.judge(text)
        assert (one.findings, one.shown) == (other.findings, other.shown)


def test_a_book_that_was_added_to_stays_as_it_is(tmp_path: Path) -> None:
    """Who judges by it meanwhile reads no new word and finds no new rule."""
    book = shared_judge().book
    before = len(book.vocabulary), len(book.index.patterns), len(book.rules), len(book.sources)
    grown = _added(_write(tmp_path))
    after = len(book.vocabulary), len(book.index.patterns), len(book.rules), len(book.sources)
    assert before == after
    assert len(grown.rules) == len(book.rules) + 1
    gates = [one.index.gate(grown.vocabulary["zorgshed"]) for one in (book, grown)]
    assert [bool(gate.ways) for gate in gates] == [False, True]
    assert book.vocabulary.copied() == book.vocabulary


def test_a_school_word_that_spoils_a_shipped_example_is_refused(tmp_path: Path) -> None:
    """As a word of its own "w33d" would no longer be read as the one it disguises."""
    with pytest.raises(LexiconError, match="rule own_use must match 'been smoking w33d"):
        Judge.load([_write(tmp_path, say='zorgshed", "w33d')])

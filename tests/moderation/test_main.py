"""The command line of judging, `python -m moderation`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from moderation.__main__ import main
from moderation.rulebook import LEXICON


def _run(
    capsys: pytest.CaptureFixture[str], path: Path, command: str, lines: list[Any]
) -> list[dict[str, Any]]:
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert main([command, str(path)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_judge_prints_one_decision_a_record_in_order(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each line has the id, both axes and the findings with their spans."""
    rows = _run(
        capsys,
        tmp_path / "r.jsonl",
        "judge",
        [{"id": "b", "text": "kys"}, {"id": "a", "text": "nice day"}],
    )
    assert [row["id"] for row in rows] == ["b", "a"]
    assert rows[0]["attention"] == "queue"
    assert rows[0]["delivery"] == "hold"
    assert rows[0]["findings"][0]["end"] == 3
    assert rows[1] == {"id": "a", "attention": "none", "delivery": "deliver", "findings": []}


def test_judge_reads_earlier_texts_as_context(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Two weak signs page together although the second alone does not."""
    last = "i gave away all my things to my brother"
    rows = _run(
        capsys,
        tmp_path / "r.jsonl",
        "judge",
        [
            {"id": 1, "text": last},
            {"id": 2, "text": last, "context": ["everyone would be better off without me"]},
        ],
    )
    assert [row["attention"] for row in rows] == ["none", "page"]


def test_replay_tells_when_and_for_whom(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The highest attention, the turn it was first reached and the speaker; nulls when none."""
    turns = [
        {"from": "A", "text": "hi"},
        {"from": "B", "text": "im going to kill myself tonight"},
        {"from": "B", "text": "im going to kill myself tonight"},
    ]
    rows = _run(
        capsys,
        tmp_path / "d.jsonl",
        "replay",
        [{"id": "x", "turns": turns}, {"id": "y", "turns": turns[:1]}],
    )
    assert rows == [
        {"id": "x", "attention": "page", "turn": 2, "about": "B"},
        {"id": "y", "attention": "none", "turn": None, "about": None},
    ]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("judge", "not json"),
        ("judge", "[]"),
        ("judge", '{"id": 1}'),
        ("judge", '{"text": "x"}'),
        ("judge", '{"id": 1, "text": "x", "context": "y"}'),
        ("replay", '{"id": 1}'),
        ("replay", '{"id": 1, "turns": [{"from": "C", "text": "x"}]}'),
    ],
)
def test_a_bad_line_is_named_and_the_status_is_two(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, line: str
) -> None:
    """The message names the file and the line that is wrong."""
    path = tmp_path / "bad.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    assert main([command, str(path)]) == 2
    assert f"{path}:2:" in capsys.readouterr().err


def test_a_missing_file_is_an_error_with_status_two(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A path that cannot be read is said plainly."""
    assert main(["judge", str(tmp_path / "none.jsonl")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_test_runs_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends well while every example holds."""
    assert main(["test"]) == 0
    assert "0 failed" in capsys.readouterr().out


def test_explain_prints_the_decision(capsys: pytest.CaptureFixture[str]) -> None:
    """A message can be explained from the command line."""
    assert main(["explain", "kys"]) == 0
    assert "attention queue, delivery hold" in capsys.readouterr().out


def test_explain_takes_what_was_said_before(capsys: pytest.CaptureFixture[str]) -> None:
    """The same words end otherwise after other words."""
    last = "i gave away all my things to my brother"
    assert main(["explain", last, "--after", "everyone would be better off without me"]) == 0
    assert "attention page" in capsys.readouterr().out


RULE = """category = "abuse"
[[rule]]
id = "school_own"
attention = "page"
say = ["zorgshed"]
match = ["he keeps me in the zorgshed"]
miss = ["hi"]
"""


def test_backtest_prints_what_a_file_of_rules_would_change(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each message decided differently, the rule that did it, and the figures before and after."""
    own, written = tmp_path / "own.toml", tmp_path / "c.jsonl"
    own.write_text(RULE, encoding="utf-8")
    lines = [
        {"id": "a", "text": "a new zorgshed", "attention": "page"},
        {"id": "b", "text": "nice day", "attention": "none"},
    ]
    written.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert main(["backtest", "shipped", str(own), str(written)]) == 0
    out = capsys.readouterr().out
    assert "a: none → page (labelled page) [+school_own]" in out
    assert "2 records, 1 decided differently, 0 lowered" in out
    assert "missed: 1 → 0 of 1" in out
    assert "b:" not in out


def test_backtest_reads_a_folder_of_rules(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A copy of the shipped folder with one rule fewer shows what that rule was good for."""
    folder = tmp_path / "lexicon"
    shutil.copytree(LEXICON, folder)
    shutil.rmtree(folder / "es")
    written = tmp_path / "c.jsonl"
    written.write_text('{"id": "x", "text": "te voy a matar"}\n', encoding="utf-8")
    status = main(["backtest", "shipped", str(folder), str(written)])
    captured = capsys.readouterr()
    assert status == 0, captured.err
    assert "▼ x: " in captured.out


def test_backtest_of_rules_that_must_not_be_used_has_status_two(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A bad file is named with its line, and nothing is compared."""
    own = tmp_path / "own.toml"
    own.write_text(RULE.replace("zorgshed tonight", "x").replace('["hi"]', '["zorgshed"]'))
    written = tmp_path / "c.jsonl"
    written.write_text('{"id": "x", "text": "hi"}\n', encoding="utf-8")
    assert main(["backtest", "shipped", str(own), str(written)]) == 2
    assert "own.toml:3" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["/dev/full", None])
def test_judge_says_in_one_line_that_its_answers_go_nowhere(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str | None,
) -> None:
    """A full disk is named and a reader that left is not, both with status two and no traceback."""
    path = tmp_path / "r.jsonl"
    path.write_text('{"id": 1, "text": "hi"}', encoding="utf-8")
    ours, theirs = os.pipe()
    os.close(ours)
    with Path(place or f"/dev/fd/{theirs}").open("w", encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["judge", str(path)]) == 2
    os.close(theirs)
    monkeypatch.undo()
    assert capsys.readouterr().err.count("\n") == (1 if place else 0)


def test_explain_prints_letters_a_terminal_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are spelled out instead of ending the command."""
    with (tmp_path / "out").open("w", encoding="ascii") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["explain", "caf\u00e9 \u2702"]) == 0
    assert "\\u2702" in (tmp_path / "out").read_text(encoding="ascii")


def test_backtest_of_a_folder_without_rules_has_status_two(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What is missing is named in one line."""
    (tmp_path / "c.jsonl").write_text('{"id": 1, "text": "hi"}', encoding="utf-8")
    assert main(["backtest", "shipped", str(tmp_path), str(tmp_path / "c.jsonl")]) == 2
    assert "has no " in capsys.readouterr().err

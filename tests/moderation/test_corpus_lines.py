from __future__ import annotations

from pathlib import Path

import pytest

from moderation.corpus_lines import CORPUS, BadLineError, corpus


def test_a_folder_is_read_as_all_its_files(tmp_path: Path) -> None:
    """Messages and dialogues may stand beside each other."""
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "x"}\n')
    (tmp_path / "b.jsonl").write_text('{"id": 2, "turns": [{"from": "A", "text": "y"}]}\n')
    (tmp_path / "README.md").write_text("not a record")
    assert [record["id"] for record in corpus(str(tmp_path))] == [1, 2]


def test_a_bad_line_in_a_folder_names_its_file(tmp_path: Path) -> None:
    """Whoever wrote the line can find it."""
    (tmp_path / "a.jsonl").write_text('{"id": 1, "turns": [{"from": "C", "text": "y"}]}\n')
    with pytest.raises(BadLineError, match=r"a\.jsonl:1"):
        corpus(str(tmp_path))


def test_the_shipped_corpus_can_be_read() -> None:
    """Every line that was written for this project is a record."""
    assert len(corpus(str(CORPUS))) > 8_000

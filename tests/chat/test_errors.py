"""The table of refusals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chat.errors import _TABLE, REFUSALS, Refusal, refusal
from chat.socket.rules import MOVING, SLOW_READER

ROOT = Path(__file__).parents[2]
SOURCES = "\n".join(
    path.read_text()
    for place in ("chat", "moderation", "web")
    for path in sorted((ROOT / place).rglob("*.py"))
    if path.name != "errors.py"
)


def test_every_code_stands_once() -> None:
    """No two rows have the same code."""
    codes = [row.code for row in _TABLE]
    assert len(codes) == len(set(codes)) == len(REFUSALS)


def test_no_close_code_means_two_things() -> None:
    """Where a refusal ends the connection, its close code is its own."""
    closes = [row.close for row in _TABLE if row.close]
    assert len(closes) == len(set(closes))


@pytest.mark.parametrize("row", _TABLE, ids=lambda row: row.code)
def test_a_row_is_sound(row: Refusal) -> None:
    """Codes are plain words, statuses are refusals, words are a sentence, closes are ours."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", row.code)
    assert 400 <= row.status <= 599
    assert row.words[0].isupper()
    assert row.words.endswith(".")
    assert len(row.words.split()) <= 16
    assert row.close is None or 4000 <= row.close <= 4999


@pytest.mark.parametrize("row", [r for r in _TABLE if r.close], ids=lambda row: row.code)
def test_a_close_code_says_whether_to_come_back(row: Refusal) -> None:
    """4000-4499 for what passes, 4500-4999 for what a new connection would only meet again."""
    for_good = {"bad_ticket", "replaced", "signed_out", "too_many_errors"}
    assert (row.close or 0) >= 4500 if row.code in for_good else (row.close or 0) < 4500


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_code_is_used(code: str) -> None:
    """A refusal that nothing gives would be a promise that nobody keeps."""
    assert f'"{code}"' in SOURCES or refusal(code).close == MOVING


def test_the_socket_closes_with_the_codes_of_the_table() -> None:
    """The connection's own constants and the table say the same."""
    assert refusal("slow_reader").close == SLOW_READER
    assert refusal("moving").close == MOVING


def test_an_unknown_code_is_a_fault_of_ours() -> None:
    """Nothing can be refused with a code that has no words."""
    with pytest.raises(KeyError):
        refusal("no_such_code")

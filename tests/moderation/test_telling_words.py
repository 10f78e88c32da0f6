from __future__ import annotations

import tomllib
from typing import Any

import pytest

from moderation.rulebook import LEXICON
from moderation.rules import LexiconError
from moderation.telling_words import telling_of


def _shipped() -> dict[str, Any]:
    table = tomllib.loads((LEXICON / "decisions.toml").read_text(encoding="utf-8"))
    words: dict[str, Any] = table["telling"]
    return words


@pytest.mark.parametrize("data", [{}, {**_shipped(), "more": "words"}, {**_shipped(), "doer": 1}])
def test_words_that_are_missing_unknown_or_no_words_are_refused(data: dict[str, Any]) -> None:
    """A table that is not whole cannot decide who is silenced."""
    with pytest.raises(LexiconError, match="telling"):
        telling_of(data)

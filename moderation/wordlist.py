"""The list of swear words: better-profanity's, read as data, less the words reviewed away.

A shell: reads one file of the installed distribution. Its scanner is never imported: it costs
hundreds of microseconds a character and stars "gay" (docs/moderation.md).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from moderation.rules import LexiconError


def published() -> frozenset[str]:
    """Every entry of better-profanity's own list, lower case.

    Raises:
        LexiconError: the distribution is not installed or its list is gone.
    """
    spec = importlib.util.find_spec("better_profanity")
    if spec is None or spec.origin is None:
        raise LexiconError("better-profanity is not installed")
    path = Path(spec.origin).with_name("profanity_wordlist.txt")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LexiconError(f"{path}: cannot read: {error}") from error
    return frozenset(line.strip().lower() for line in lines if line.strip())


def kept(data: Mapping[str, Any]) -> frozenset[str]:
    """Published entries that stay unstarred: a group's words, and its phrases of two words."""
    found: set[str] = set()
    for group in data["keep"]:
        words = str(group["words"]).lower().split()
        found.update(words)
        found.update(" ".join(pair) for pair in pairwise(words))
    return frozenset(found)


def starred(data: Mapping[str, Any]) -> frozenset[str]:
    """Every word and phrase to star."""
    return published() - kept(data) | frozenset(str(data["also"]["words"]).lower().split())

"""A table of what was worked out before, of fixed size. Pure.

Used by the trained stage for what it knows of each word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Value = TypeVar("_Value")


class Remembered(dict[str, _Value]):
    """Word → what `work` says of it; filled as words are met, further ones worked out each time."""

    def __init__(self, work: Callable[[str], _Value], most: int) -> None:
        """Remember `most` words."""
        super().__init__()
        self._work = work
        self._most = most

    def __missing__(self, word: str) -> _Value:
        found = self._work(word)
        if len(self) < self._most:
            self[word] = found
        return found

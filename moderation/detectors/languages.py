"""The detector of messages in a language that no rule reads: delivered, and a moderator looks.

Pure. It reads no language. It counts the words of a message that neither rules, weights nor
spelling lists know once disguises are undone, those in another script, and some common words of
other languages and of those that are read (`lexicon/languages.toml`). What has not the shape of a
word (keys hit at random, laughter) counts for nothing. What is told again and again of one room is
for `conversation.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING

from moderation.conversation import OTHER_LANGUAGE
from moderation.terms import Attention, Category, Delivery, Finding
from moderation.tokens import MOST_REMEMBERED, Calling
from moderation.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.rulebook import Rulebook
    from moderation.text import Reading

MANY, FEW = 3, 2
"""Strange words that are needed: of words nobody knows, and where one tells of a language."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_WORD = re.compile(r"(.)\1\1|(..)\2\2|^(..)\3$|[bcdfgjklmnpqrstvx]{4}|^[^aeiouyw]+$")
_ACCENT = re.compile("[àâäåæçèêëìîïòôöøùûœßāăąćčďđęěėğıłńňőřśşšťůűźżžșț\u1ea0-\u1ef9]")
"""Letters that are in no Spanish word and hardly in an English one."""
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]")
"""Letters of scripts that leave no space between words; two make about one."""
_CAPITAL = re.compile(r"(?<=[^\s.!?] )[A-Z][a-z]+")
"""A word that may be a name."""
_NO_PROSE = re.compile(r"\S*(?:[@#/_]|\w\.\w)\S*")
"""An address, a link or a tag: its parts are no words of any language."""
_FOUND = Finding(
    Category.LANGUAGE,
    Attention.QUEUE,
    Delivery.DELIVER,
    "languages",
    "not_read",
    signal=OTHER_LANGUAGE,
)


class Languages:
    """Finds what is written in another language; built once from a rule book."""

    name = "languages"

    def __init__(self, book: Rulebook, known: Callable[[str], bool]) -> None:
        """`known` says whether a rule, a weight or a spelling list knows a word."""
        self._known = known
        self._vocabulary = book.vocabulary
        data = book.data["languages.toml"]
        self._telling = frozenset(" ".join(data["telling"].values()).split())
        self._read = frozenset(" ".join(data["read"].values()).split())
        self._strange = lru_cache(MOST_REMEMBERED)(self._is_strange)
        self.calling = Calling(test=self._strange)

    def find(self, reading: Reading) -> Sequence[Finding]:
        """One finding of the whole message, when the rules read hardly a word of it."""
        view = reading.views[-1]
        words: Sequence[str] = view.tokens
        strange = {*compress(words, map(self._strange, words, view.pieces))}
        if len(strange) < FEW:
            return ()
        script = not all(map(str.isascii, strange))
        if script:  # of another script each letter is a token
            words, codes = _WORD.findall(reading.folded), self._vocabulary
            strange = {word for word in words if self._strange(word, codes[word])}
        telling = (
            script
            or not self._telling.isdisjoint(strange)
            or _ACCENT.search(reading.original.lower()) is not None
        )
        if not telling and len(strange) >= MANY:
            if not self._read.isdisjoint(words):
                return ()
            strange.difference_update(map(str.lower, _CAPITAL.findall(reading.original)))
            for link in _NO_PROSE.findall(reading.folded):
                strange.difference_update(_WORD.findall(link))
        size = _count(strange)
        enough = size >= (FEW if telling else MANY) and _count(words) < 2 * size + telling
        return [_FOUND] if enough else ()

    def _is_strange(self, token: str, codes: str) -> bool:
        """Whether a word with these codes is one of another language, or one that nobody knows."""
        if not token.isascii():
            return token[0].isalpha()
        if token in self._telling:
            return True
        if codes != UNKNOWN or not token.isalpha() or self._known(token):
            return False
        return len(token) >= FEW and _NO_WORD.search(token) is None


def _count(words: Iterable[str]) -> int:
    """How many words these are; a single letter, a number or a mark is none."""
    return sum(
        max(1, (len(_UNSPACED.findall(word)) + 1) // 2)
        for word in words
        if len(word) > 1 and not word.isdigit()
    )

"""The detector of strong swearing: starred for the peer, and nobody is disturbed.

Pure. Its words come from `moderation/wordlist.py`; they are known to the vocabulary, so stretched,
disguised and spaced spellings are found by the same readings as every rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moderation.fold import FOLD
from moderation.terms import Attention, Category, Delivery, Finding
from moderation.tokens import Calling
from moderation.vocabulary import SWORN

if TYPE_CHECKING:
    from moderation.rulebook import Rulebook
    from moderation.text import Reading, View

_MOST = 40


class Profanity:
    """Finds strong swear words; built once from a rule book."""

    name = "profanity"

    def __init__(self, book: Rulebook) -> None:
        vocabulary = book.vocabulary
        single = [word for word in book.starred if vocabulary.get(word, "")]
        self._words = frozenset(book.starred)
        self._codes = frozenset(
            vocabulary[word] for word in single if len(vocabulary[word]) == 1
        ) | {SWORN}
        self._tilde = frozenset(
            "".join(map(FOLD.__getitem__, word))
            for word in str(book.data["profanity.toml"]["spanish_n"]["words"]).split()
        )
        self._pairs: dict[str, list[list[str]]] = {}
        for phrase in book.starred:
            first, *rest = phrase.replace("-", " ").split()
            if rest:
                self._pairs.setdefault(first, []).append(rest)
        self._heads = frozenset(self._pairs)
        self.calling = Calling(words=self._heads, codes=self._codes)

    def find(self, reading: Reading) -> list[Finding]:
        """One finding for each place with a word to star, at most forty."""
        found: dict[tuple[int, int], Finding] = {}
        for view in reading.views:
            if not self._codes.isdisjoint(view.present):
                self._single(reading, view, found)
            if not self._heads.isdisjoint(view.tokens):
                self._phrases(reading, view, found)
        return list(found.values())[:_MOST]

    def _single(self, reading: Reading, view: View, found: dict[tuple[int, int], Finding]) -> None:
        codes = self._codes
        for at, piece in enumerate(view.pieces):
            if piece and not codes.isdisjoint(piece) and len(found) < _MOST:
                span = reading.span(view, at, at)
                if view.tokens[at] in self._tilde and "ñ" not in reading.original[slice(*span)]:
                    continue
                found.setdefault(span, _finding(span))

    def _phrases(self, reading: Reading, view: View, found: dict[tuple[int, int], Finding]) -> None:
        tokens = view.tokens
        for at, token in enumerate(tokens):
            for rest in self._pairs.get(token, ()):
                if tokens[at + 1 : at + 1 + len(rest)] == rest:
                    span = reading.span(view, at, at + len(rest))
                    found.setdefault(span, _finding(span))


def _finding(span: tuple[int, int]) -> Finding:
    return Finding(Category.PROFANITY, Attention.NONE, Delivery.MASK, "profanity", "starred", *span)

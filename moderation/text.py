"""Reads a message once: plain tokens with a way back to the original, whatever it was written in.

Pure. Every detector works on a `Reading`. ASCII takes a fast path (lower case, one tokeniser);
anything else is folded character by character (full-width, lookalikes, combining marks,
zero-width and bidi controls, enclosed letters). Emoji stay, each as a word of its own. Length is
capped before and after folding; a message that was cut says so and is never delivered unread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from moderation.fold import FOLD
from moderation.vocabulary import SWORN, Vocabulary

MOST_CHARACTERS = 4_000
"""Longest message judged whole, in characters before folding."""
MOST_FOLDED = 12_000
"""Longest message judged whole, in characters after folding."""

_TOKEN = re.compile(r"[a-z0-9']+|[^\x00-\x7f]|(?<!\.)[.!\n](?!\.)|\?")
_FOREIGN = re.compile(r"[^\x01-\x08\x0a-\x7f]+")
_QUOTATION = re.compile(r'"[^"\n]{2,200}"')
_BREAKS = {".": ".", "?": "?", "!": "!", "\n": "!"}
_WORDS_ONLY = (
    "".join(char if char.isalnum() else _BREAKS.get(char, " ") for char in map(chr, range(128)))
    .encode()
    .ljust(256)
)
_SYMBOLS = b"0123456789@$*|+_#(^~/<=%&.-!"
_NOT_ODD = bytes(code for code in range(256) if code not in _SYMBOLS)
_ODD_ABROAD = re.compile(r"[^\d@$*|+_#(^~/<=%&.\-!€£]+")


@dataclass(slots=True)
class View:
    """One way to read a message: its tokens, and where each came from.

    `spans` are offsets into the folded text. `pieces` holds the codes of each token
    (`moderation/vocabulary.py`), `codes` all of them in a row without swearing used as filler,
    `present` the codes that occur at all, swearing included, and `owners` the token that each of
    `codes` belongs to, once somebody asks.
    """

    tokens: list[str]
    spans: list[tuple[int, int]] | None = None
    pieces: Sequence[str] = ()
    codes: str = ""
    present: AbstractSet[str] = frozenset()
    owners: Sequence[int] = ()


@dataclass(slots=True)
class Reading:
    """A message made ready for the detectors.

    `folded` is plain lower case; `whole` is False when the message was too long to read to its
    end, `plain` says that folding moved nothing. `odd` holds its digits, full
    stops and the symbols that disguise words: a message with none needs no look at numbers or
    disguises. `views` begins with the plain one; `moderation/disguise.py` may add a second.
    """

    original: str
    folded: str
    whole: bool
    plain: bool
    odd: str
    views: list[View]
    _origins: list[int] | None = None
    _quotations: list[tuple[int, int]] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that a span of `folded` was read from."""
        if self.plain or start >= end:
            return start, end
        origins = self._origins
        if origins is None:
            lengths = [len(FOLD[char]) for char in self.original[:MOST_CHARACTERS]]
            origins = [at for at, length in enumerate(lengths) for _ in range(length)]
            self._origins = origins
        return origins[start], origins[end - 1] + 1

    def quoted(self, start: int, end: int) -> bool:
        """Whether a span of the original stands inside double quotation marks."""
        if '"' not in self.folded:
            return False
        if self._quotations is None:
            text = self.original.replace("“", '"').replace("”", '"')
            self._quotations = [match.span() for match in _QUOTATION.finditer(text)]
        return any(first < start and end < last for first, last in self._quotations)

    def span(self, view: View, first: int, last: int) -> tuple[int, int]:
        """The span of the original covered by tokens `first` to `last` (inclusive) of a view."""
        if view.spans is None:
            found = _TOKEN.finditer(self.folded)
            view.spans = [match.span() for match in found if match.group().strip("'")]
        return self.origin(view.spans[first][0], view.spans[last][1])

    def code_span(self, view: View, first: int, last: int) -> tuple[int, int]:
        """The span of the original covered by codes `first` to `last` (inclusive) of a view."""
        owners = view.owners
        if not owners:
            plain = (piece.replace(SWORN, "") for piece in view.pieces)
            view.owners = owners = [at for at, codes in enumerate(plain) for _ in codes]
        return self.span(view, owners[first], owners[last])


def read(text: str) -> Reading:
    """The plain reading of a message; linear in its length, for any string at all."""
    whole = len(text) <= MOST_CHARACTERS
    kept = text if whole else text[:MOST_CHARACTERS]
    straight = kept
    if not kept.isascii():
        straight = kept.replace("’", "'").replace("“", '"').replace("”", '"')
    plain = straight.isascii() and "\x00" not in straight
    if plain:
        folded = straight.lower()
        odd = folded.encode().translate(None, _NOT_ODD).decode()
    else:
        folded = _FOREIGN.sub(_folded, kept).lower()
        if len(folded) > MOST_FOLDED:
            folded, whole = folded[:MOST_FOLDED], False
        odd = _ODD_ABROAD.sub("", folded)
    return Reading(text, folded, whole, plain, odd, [View(tokens_of(folded))])


def _folded(run: re.Match[str]) -> str:
    return "".join(map(FOLD.__getitem__, run.group()))


def tokens_of(folded: str) -> list[str]:
    """The tokens of folded text: words without apostrophes, single emoji, sentence ends."""
    if folded.isascii():
        words = folded.encode().translate(_WORDS_ONLY, b"'").decode()
        if "." not in words:
            if "!" in words:
                words = words.replace("!", " ! ")
        elif ".." in words or "!." in words or ".!" in words:
            return _tokens_by_look(folded)
        else:
            words = words.replace(".", " . ").replace("!", " ! ")
        if "?" in words:
            words = words.replace("?", " ? ")
        return words.split()
    return _tokens_by_look(folded)


def _tokens_by_look(folded: str) -> list[str]:
    tokens = _TOKEN.findall(folded)
    if "'" in folded:
        return [plain for token in tokens if (plain := token.replace("'", ""))]
    return tokens


def understand(view: View, vocabulary: Vocabulary) -> None:
    """Fill in the codes of a view's tokens."""
    view.pieces = pieces = list(map(vocabulary.__getitem__, view.tokens))
    codes = "".join(pieces)
    present = set(pieces)
    if len(codes) > len(pieces) - pieces.count(""):
        for piece in [piece for piece in present if len(piece) > 1]:
            present.update(piece)
    view.present = present
    view.codes = codes.replace(SWORN, "") if SWORN in codes else codes

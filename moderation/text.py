"""Reads a message once: plain tokens with a way back to the original, whatever it was written in.

Pure. Every detector works on a `Reading`. ASCII takes a fast path (lower case, one tokeniser);
anything else is folded character by character (full-width, lookalikes, combining marks,
zero-width and bidi controls, enclosed letters). Emoji stay, each as a word of its own. Length is
capped before and after folding; a message that was cut says so and is never delivered unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import reduce
from operator import or_

from moderation.fold import FOLD
from moderation.gates import Gate
from moderation.tokens import CAPITAL, Words
from moderation.vocabulary import SWORN

MOST_CHARACTERS = 4_000
"""Longest message judged whole, in characters before folding."""
MOST_FOLDED = 5_000
"""Longest message judged whole, in characters after folding."""

_TOKEN = re.compile(r"[a-z0-9']+|[^\x00-\x7f]|(?<!\.)[.!\n](?!\.)|\?")
_FOREIGN = re.compile(r"[^\x01-\x08\x0a-\x7f]+")
CAPITALISED = re.compile(r" (?<=[a-zà-öø-ÿ] )(?:Ní |Mac |O['’])?[A-ZÀ-Ö][a-zà-öø-ÿ]")
"""A capitalised word right behind another: less, like "I", says nothing of a name."""
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

    `spans` are offsets into the folded text, worked out by `place` once somebody asks (of the plain
    view by `Reading.span`). `pieces` holds the codes of each token
    (`moderation/vocabulary.py`), `codes` all of them in a row without swearing used as filler,
    `present` the codes that occur at all, swearing included, `gates` the gate of each token
    (`moderation/gates.py`), and `owners` the token that each of `codes` belongs to, once somebody
    asks.
    """

    tokens: list[str]
    spans: list[tuple[int, int]] | None = None
    pieces: Sequence[str] = ()
    codes: str = ""
    present: AbstractSet[str] = frozenset()
    gates: Sequence[Gate] = ()
    owners: Sequence[int] = ()
    place: Callable[[], list[tuple[int, int]]] | None = None


@dataclass(slots=True)
class Reading:
    """A message made ready for the detectors.

    `folded` is plain lower case; `whole` is False when the message was too long to read to its
    end, `plain` says that folding moved nothing. `odd` holds its digits, full
    stops and the symbols that disguise words: a message with none needs no look at numbers or
    disguises. `views` begins with the plain one; `moderation/disguise.py` may add a second. `calls`
    has a bit for each detector that has something to look at (`moderation/tokens.py`).
    """

    original: str
    folded: str
    whole: bool
    plain: bool
    odd: str
    views: list[View]
    calls: int = 0
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
            view.spans = view.place() if view.place else spans_of(self.folded)
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
        letters = folded.encode()
        odd = letters.translate(None, _NOT_ODD).decode()
        return Reading(text, folded, whole, plain, odd, [View(_ascii_tokens(folded, letters))])
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
        return _ascii_tokens(folded, folded.encode())
    return _tokens_by_look(folded)


def _ascii_tokens(folded: str, letters: bytes) -> list[str]:
    words = letters.translate(_WORDS_ONLY, b"'").decode()
    if "." in words:
        if ".." in words or "!." in words or ".!" in words:
            return _tokens_by_look(folded)
        words = words.replace(".", " . ")
    if "!" in words:
        words = words.replace("!", " ! ")
    if "?" in words:
        words = words.replace("?", " ? ")
    return words.split()


def _tokens_by_look(folded: str) -> list[str]:
    tokens = _TOKEN.findall(folded)
    if "'" in folded:
        return [plain for token in tokens if (plain := token.replace("'", ""))]
    return tokens


def spans_of(folded: str) -> list[tuple[int, int]]:
    """Where each of `tokens_of` stands."""
    found = _TOKEN.finditer(folded)
    if "'" not in folded:
        return [match.span() for match in found]
    return [match.span() for match in found if match.group().strip("'")]


def understand(view: View, words: Words) -> int:
    """Fill in the codes of a view's tokens; the answer has a bit for each detector they call."""
    if not view.tokens:
        return 0
    view.pieces, calls, view.gates = zip(*map(words.__getitem__, view.tokens), strict=False)
    codes = "".join(view.pieces)
    view.codes = codes.replace(SWORN, "") if SWORN in codes else codes
    view.present = present = set(view.pieces)
    if len(codes) > len(view.pieces) - view.pieces.count(""):
        present.update(codes)
    called: int = reduce(or_, calls)
    return called


def called_by_signs(reading: Reading, words: Words) -> int:
    """The detectors that the digits, symbols and capitalised words of a message call."""
    text = reading.original
    calls = words[CAPITAL].calls if not text.islower() and CAPITALISED.search(text) else 0
    for symbol in set(reading.odd):
        calls |= words["0" if symbol.isdigit() else symbol].calls
    return calls

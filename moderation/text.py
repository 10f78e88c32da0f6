"""Reads a message once: plain tokens with a way back to the original, whatever it was written in.

Pure. Every detector works on a `Reading`. ASCII takes a fast path (lower case, one tokeniser);
anything else is folded character by character (full-width, lookalikes, combining marks,
zero-width and bidi controls, enclosed letters). Emoji stay, each as a word of its own. Length is
capped before and after folding; a message that was cut says so and is never delivered unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from moderation.fold import FOLD
from moderation.vocabulary import SWORN, Vocabulary

MOST_CHARACTERS = 4_000
"""Longest message judged whole, in characters before folding."""
MOST_FOLDED = 12_000
"""Longest message judged whole, in characters after folding."""

_TOKEN = re.compile(r"[a-z0-9']+|[^\x00-\x7f]|(?<!\.)[.!\n](?!\.)|\?")


@dataclass(slots=True)
class View:
    """One way to read a message: its tokens, and where each came from.

    `spans` are offsets into the folded text. `pieces` holds the codes of each token
    (`moderation/vocabulary.py`), `codes` all of them in a row without swearing used as filler,
    `present` the codes that occur at all, swearing included.
    """

    tokens: list[str]
    spans: list[tuple[int, int]] | None = None
    pieces: list[str] = field(default_factory=list)
    codes: str = ""
    present: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Reading:
    """A message made ready for the detectors.

    `folded` is plain lower case; `whole` is False when the message was too long to read to its
    end, `plain` says that folding moved nothing. `views` begins with the plain one;
    `moderation/disguise.py` may add a second.
    """

    original: str
    folded: str
    whole: bool
    plain: bool
    views: list[View] = field(default_factory=list)
    _origins: list[int] | None = None

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

    def span(self, view: View, first: int, last: int) -> tuple[int, int]:
        """The span of the original covered by tokens `first` to `last` (inclusive) of a view."""
        if view.spans is None:
            view.spans = [match.span() for match in _TOKEN.finditer(self.folded)]
        return self.origin(view.spans[first][0], view.spans[last][1])

    def code_span(self, view: View, first: int, last: int) -> tuple[int, int]:
        """The span of the original covered by codes `first` to `last` (inclusive) of a view."""
        owners = [at for at, piece in enumerate(view.pieces) for _ in piece.replace(SWORN, "")]
        return self.span(view, owners[first], owners[last])


def read(text: str) -> Reading:
    """The plain reading of a message; linear in its length, for any string at all."""
    whole = len(text) <= MOST_CHARACTERS
    kept = text if whole else text[:MOST_CHARACTERS]
    plain = kept.isascii() and "\x00" not in kept
    if plain:
        folded = kept.lower()
    else:
        folded = "".join(map(FOLD.__getitem__, kept))
        if len(folded) > MOST_FOLDED:
            folded, whole = folded[:MOST_FOLDED], False
    return Reading(text, folded, whole, plain, [View(tokens_of(folded))])


def tokens_of(folded: str) -> list[str]:
    """The tokens of folded text: words without apostrophes, single emoji, sentence ends."""
    tokens = _TOKEN.findall(folded)
    if "'" in folded:
        return [token.replace("'", "") for token in tokens]
    return tokens


def understand(view: View, vocabulary: Vocabulary) -> None:
    """Fill in the codes of a view's tokens."""
    view.pieces = pieces = list(map(vocabulary.__getitem__, view.tokens))
    codes = "".join(pieces)
    view.present = set(codes)
    view.codes = codes.replace(SWORN, "") if SWORN in codes else codes

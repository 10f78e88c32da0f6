"""The detector of the trained stage: messages that read like danger though no rule fits them.

Pure once built. It may raise to `queue`; to page only together with a rule's signal or a word of
`lexicon/signs.toml`, through `lexicon/composites.toml`. The limits come with the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from moderation.detectors.spelled import Spelled
from moderation.linear.features import own_key, slang_of
from moderation.linear.model import GROUPS, Model
from moderation.linear.signals import AGREES, CATEGORIES, SIGN, STRONG
from moderation.linear.store import LIMITS, load
from moderation.terms import Attention, Delivery, Finding
from moderation.text import read

if TYPE_CHECKING:
    from moderation.linear.model import Weights
    from moderation.rulebook import Rulebook
    from moderation.text import Reading

HOLD, URGENT = "hold", "urgent"
MAY_HOLD = frozenset({"exploitation", "harm", "aimed"})


class Linear:
    """Finds risky messages by the trained score; built once from a rule book."""

    name = "linear"

    def __init__(self, book: Rulebook, model: Model | None = None) -> None:
        """Use `model` rather than the shipped weights, if given.

        Raises:
            WeightsError: the shipped weights cannot be read.
        """
        self._model = model or _model(book)
        self._book = book
        limits = (self._model.limits[name] for name in LIMITS)
        self._agrees, self._weak, self._queue, self._strong, self._hold, self._urgent = limits
        signs = " ".join(book.data.get("signs.toml", {}).values())
        self._signs = frozenset(read(signs).views[0].tokens)

    @property
    def limits(self) -> Mapping[str, float]:
        """The scores from which something follows, by name."""
        return self._model.limits

    def knows(self, word: str) -> bool:
        """Whether a rule knows the word, or somebody wrote it in a text that was learnt from."""
        return _knows(self._model.weights, self._book, word)

    def score(self, reading: Reading) -> float:
        """How risky the riskiest view of a message looks, for explaining."""
        model = self._model
        return max(model.risk(model.read(view.tokens)) for view in reading.views)

    def find(self, reading: Reading) -> list[Finding]:
        """Nothing for most messages; else its group, and whether the score is very high.

        From the lowest limit up it says only that it agrees with whoever sees a danger.
        """
        model = self._model
        sums = model.read(reading.views[0].tokens)
        score = model.risk(sums)
        for view in reading.views[1:]:
            other = model.read(view.tokens)
            if (risk := model.risk(other)) > score:
                sums, score = other, risk
        if score < self._agrees:
            return []
        if score < self._weak:
            return [_AGREED]
        groups = model.groups(sums)
        hold, urgent = groups.pop(HOLD), groups.pop(URGENT)
        group = max(groups, key=groups.__getitem__)
        if score < self._queue:
            return [_finding(group, f"weak_{group}", Attention.NONE)]
        holds = hold >= self._hold and group in MAY_HOLD
        found = [_finding(group, f"linear_{group}", hold=holds)]
        if score >= self._strong:
            found.append(_finding(group, STRONG))
        if urgent >= self._urgent and not self._signs.isdisjoint(sums.words):
            found += [_finding(group, f"urgent_{group}"), _finding(group, SIGN, Attention.NONE)]
        return found


def _model(book: Rulebook) -> Model:
    """The shipped weights, reading words in disguise as the plain words they know."""
    weights = load()
    known = partial(_knows, weights, book)
    return Model(weights, Spelled(slang_of(book.data["words.toml"]), known))


def _knows(weights: Weights, book: Rulebook, word: str) -> bool:
    return own_key(word) in weights.pieces or book.vocabulary.known(word)


def _finding(
    group: str, signal: str, attention: Attention = Attention.QUEUE, *, hold: bool = False
) -> Finding:
    delivery = Delivery.HOLD if hold else Delivery.DELIVER
    rule = signal.replace("_", ".", 1)
    return Finding(CATEGORIES[group], attention, delivery, "linear", rule, 0, 0, signal)


_AGREED = _finding("self", AGREES, Attention.NONE)
"""Of no group, since nobody ever sees it: `moderation/doubt.py` takes it out."""

assert set(GROUPS) == {*CATEGORIES, HOLD, URGENT}

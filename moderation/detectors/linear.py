"""The detector of the trained stage: messages that read like danger though no rule fits them.

Pure once built. It may raise to `queue`; to page only together with a rule's signal, which is what
the signals named here and `lexicon/composites.toml` are for. The limits come with the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from moderation.detectors.spelled import Spelled
from moderation.linear.features import own_key, slang_of
from moderation.linear.model import GROUPS, Model
from moderation.linear.signals import AGREES, CATEGORIES, STRONG
from moderation.linear.store import LIMITS, load
from moderation.terms import Attention, Category, Delivery, Finding

if TYPE_CHECKING:
    from moderation.rulebook import Rulebook
    from moderation.text import Reading

HOLD = "hold"
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
        self._agrees, self._weak, self._queue, self._strong, self._hold = (
            self._model.limits[name] for name in LIMITS
        )

    @property
    def limits(self) -> Mapping[str, float]:
        """The scores from which something follows, by name."""
        return self._model.limits

    def score(self, reading: Reading) -> float:
        """How risky the riskiest view of a message looks, for explaining."""
        model = self._model
        return max(model.risk(model.words(view.tokens)) for view in reading.views)

    def find(self, reading: Reading) -> list[Finding]:
        """Nothing for most messages; else its group, and whether the score is very high.

        From the lowest limit up it says only that it agrees with whoever sees a danger.
        """
        model = self._model
        words = model.words(reading.views[0].tokens)
        score = model.risk(words)
        for view in reading.views[1:]:
            other = model.words(view.tokens)
            if (risk := model.risk(other)) > score:
                words, score = other, risk
        if score < self._agrees:
            return []
        groups = model.groups(words)
        hold = groups.pop(HOLD)
        group = max(groups, key=groups.__getitem__)
        return self._findings(group, score, holds=hold >= self._hold and group in MAY_HOLD)

    def _findings(self, group: str, score: float, *, holds: bool) -> list[Finding]:
        category = CATEGORIES[group]
        if score < self._queue:
            signal = AGREES if score < self._weak else f"weak_{group}"
            return [_finding(category, Attention.NONE, Delivery.DELIVER, signal)]
        delivery = Delivery.HOLD if holds else Delivery.DELIVER
        found = [_finding(category, Attention.QUEUE, delivery, f"linear_{group}")]
        if score >= self._strong:
            found.append(_finding(category, Attention.QUEUE, Delivery.DELIVER, STRONG))
        return found


def _model(book: Rulebook) -> Model:
    """The shipped weights, reading words in disguise as the plain words they know."""
    weights = load()

    def known(word: str) -> bool:
        return own_key(word) in weights.pieces or book.vocabulary.known(word)

    return Model(weights, Spelled(slang_of(book.data["words.toml"]), known))


def _finding(category: Category, attention: Attention, delivery: Delivery, signal: str) -> Finding:
    return Finding(
        category, attention, delivery, "linear", signal.replace("_", ".", 1), 0, 0, signal
    )


assert set(GROUPS) == {*CATEGORIES, HOLD}

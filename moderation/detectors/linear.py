"""The detector of the trained stage: messages that read like danger though no rule fits them.

Pure once built. The plain score reads every message; from the limit `gate` up the network looks
again, and the two are added. It may raise to `queue`; to page only together with a rule's signal
or a word of `lexicon/signs.toml`, through `lexicon/composites.toml`, and only what is risky and
urgent enough in sum; to hold only where a word of `lexicon/holding.toml` stands, or where it would
queue the message anyhow. The limits come with the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from moderation.detectors.spelled import Spelled
from moderation.linear import network_store
from moderation.linear.features import slang_of
from moderation.linear.model import GROUPS, Model
from moderation.linear.network import NOTHING, Network
from moderation.linear.signals import AGREES, CATEGORIES, SIGN, SPARES, STRONG, WAITS
from moderation.linear.store import LIMITS, load
from moderation.terms import CRY_FOR_HELP, Attention, Delivery, Finding
from moderation.text import read

if TYPE_CHECKING:
    from moderation.linear.model import Sums, Weights
    from moderation.linear.network import Seen
    from moderation.rulebook import Rulebook
    from moderation.text import Reading

HOLD, URGENT = "hold", "urgent"
MAY_HOLD = frozenset({"exploitation", "harm", "aimed"})
FAR = 5.0
"""By how much the score of such a group must exceed those of every group that asks for help."""
SPARED = 4.0
"""How far below the limit of holding a message that speaks of "me" alone is no matter to hold."""
PRESSES = 2.0
"""How far above the limits of the queue and of what is urgent, taken together, a message pages."""
RESTS = -1.0
"""What lies lower can wait: only what is said before or after adds up with it.

What is done to others knows no such limit.
"""
_CRIES = tuple(group for group, category in CATEGORIES.items() if category in CRY_FOR_HELP)
_SELF = frozenset(("i", "me", "my", "im", "ive", "mine", "myself", "yo", "mi", "mis"))
_PEER_WORDS = """
you your yours yourself youre u ur tu tus te ti vos contigo eres sos usted
"""
_PEER = frozenset(_PEER_WORDS.split())
_NONE: frozenset[str] = frozenset()


class Linear:
    """Finds risky messages by the trained score; built once from a rule book."""

    name = "linear"

    def __init__(
        self,
        book: Rulebook,
        model: Model | None = None,
        network: Network | None = None,
        weights: Weights | None = None,
    ) -> None:
        """Use `model`, with `network` or with none, rather than what is shipped, if given.

        Without a model, `network` and `weights` are those shipped, where they were read before.

        Raises:
            WeightsError: what is shipped cannot be read.
        """
        self._network = network or (None if model else Network(network_store.load()))
        weights = model.weights if model else weights or load()
        self.knows = _known(weights, book)
        self._model = model or _model(weights, book, self.knows)
        limits = [self._model.limits[name] for name in LIMITS]
        self._gate, self._agrees, self._weak, self._queue, *limits = limits
        self._strong, self._hold, self._urgent = limits
        self._signs = words_in(book.data.get("signs.toml", {}))
        self.holding = {
            group: words_in(kinds) for group, kinds in book.data.get("holding.toml", {}).items()
        }

    def beside(self, book: Rulebook) -> Linear:
        """The same beside other rules; what was learnt is shared, not read again."""
        return Linear(book, network=self._network, weights=self._model.weights)

    @property
    def limits(self) -> Mapping[str, float]:
        """The scores from which something follows, by name."""
        return self._model.limits

    def score(self, reading: Reading) -> float:
        """How risky a message looks, for explaining."""
        sums, risk = self._read(reading)
        return risk + self._again(sums, risk).adds("risk")

    def find(self, reading: Reading) -> list[Finding]:
        """Nothing for most messages; else its group, and whether the score is very high.

        From the lowest limit up it says only that it agrees with whoever sees a danger.
        """
        sums, plain = self._read(reading)
        if plain < self._gate:
            return []
        again = self._again(sums, plain)
        score = plain + again.adds("risk")
        if score < self._agrees:
            return []
        if score < self._weak:
            return [_AGREED]
        groups = self._model.groups(sums)
        hold, urgent = (groups.pop(name) + again.adds(name) for name in (HOLD, URGENT))
        group = max(groups, key=groups.__getitem__)
        holds = hold >= self._hold and is_aimed(group, groups, sums.words)
        if score < self._queue:
            holds = holds and names_it(group, sums.words, self.holding)
        spared = hold < self._hold - SPARED and _speaks_of_me(sums.words)
        found = [_SPARED] if spared else []
        if score < self._queue and not holds:
            return [*found, _finding(group, f"weak_{group}", Attention.NONE)]
        pressing = score - self._queue + urgent - self._urgent
        found.append(_finding(group, f"linear_{group}", hold=holds))
        if score >= self._strong:
            found.append(_finding(group, STRONG))
        if pressing < RESTS and group not in MAY_HOLD:
            found.append(_finding(group, WAITS, Attention.NONE))
        if pressing >= PRESSES and not self._signs.isdisjoint(sums.words):
            found += [_finding(group, f"urgent_{group}"), _finding(group, SIGN, Attention.NONE)]
        return found

    def _read(self, reading: Reading) -> tuple[Sums, float]:
        """The sums of the message with its disguises undone, and its plain score.

        As it was written it would look risky for the symbols in it, whatever it says.
        """
        sums = self._model.read(reading.views[-1].tokens)
        return sums, self._model.risk(sums)

    def _again(self, sums: Sums, plain: float) -> Seen:
        """What the network sees in a message with that plain score."""
        if self._network is None or plain < self._gate:
            return NOTHING
        return self._network.look(sums.words)


def words_in(kinds: Mapping[str, str]) -> frozenset[str]:
    """All words of a table whose values are rows of words."""
    return frozenset(read(" ".join(kinds.values())).views[0].tokens)


def is_aimed(group: str, groups: Mapping[str, float], words: Sequence[str]) -> bool:
    """Whether a message may be meant for the peer, and is far from any cry for help.

    One about "me" with no "you" in it tells of others, unless it is a threat.
    """
    if group not in MAY_HOLD or groups[group] - max(map(groups.__getitem__, _CRIES)) < FAR:
        return False
    return group == "harm" or not _speaks_of_me(words)


def names_it(group: str, words: Sequence[str], holding: Mapping[str, frozenset[str]]) -> bool:
    """Whether one of the words that `holding` has for its group is there."""
    return not holding.get(group, _NONE).isdisjoint(words)


def _speaks_of_me(words: Sequence[str]) -> bool:
    return not _SELF.isdisjoint(words) and _PEER.isdisjoint(words)


def _known(weights: Weights, book: Rulebook) -> Callable[[str], bool]:
    """Whether a rule knows a word, or somebody wrote it in a text that was learnt from."""
    tables = weights.risk.words, weights.groups.words, book.vocabulary, book.vocabulary.ordinary
    return frozenset().union(*tables).__contains__


def _model(weights: Weights, book: Rulebook, known: Callable[[str], bool]) -> Model:
    """The weights, reading words in disguise as the plain words they know."""
    return Model(weights, Spelled(slang_of(book.data["words.toml"]), known))


def _finding(
    group: str, signal: str, attention: Attention = Attention.QUEUE, *, hold: bool = False
) -> Finding:
    delivery = Delivery.HOLD if hold else Delivery.DELIVER
    rule = signal.replace("_", ".", 1)
    return Finding(CATEGORIES[group], attention, delivery, "linear", rule, 0, 0, signal)


_AGREED = _finding("self", AGREES, Attention.NONE)
"""Of no group, since nobody ever sees it: `moderation/doubt.py` takes it out."""
_SPARED = _finding("self", SPARES, Attention.NONE)
"""The same."""

assert set(GROUPS) == {*CATEGORIES, HOLD, URGENT}

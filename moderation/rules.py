"""What one rule file may say: rules, scopes and composites as checked, immutable values.

Pure. `moderation/rulebook.py` reads the files and hands their tables to these readers; every
refusal names the rule and the key, so that whoever wrote the rule can find the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moderation.terms import Attention, Category, Delivery

USUAL_DELIVERY = {
    Category.HARM_TO_OTHERS: Delivery.HOLD,
    Category.EXPLOITATION: Delivery.HOLD,
    Category.BULLYING: Delivery.HOLD,
    Category.HATE: Delivery.HOLD,
    Category.IDENTITY: Delivery.REDACT,
    Category.PROFANITY: Delivery.MASK,
}
STATUS = {"shadow": Attention.NONE, "queue": Attention.QUEUE, "page": Attention.PAGE}
WHO = ("any", "self", "peer", "other")
_RULE_KEYS = frozenset(
    {"id", "category", "attention", "delivery", "status", "signal", "who"}
    | {"unless", "lower", "only", "sure", "say", "match", "miss"}
)
GRAVE = frozenset(
    {"intent", "intent_bare", "means", "attempt", "wish_dead", "passive", "hopeless", "burden"}
    | {"join_dead", "found_by", "absence", "past_attempt", "asks_dying", "injuring", "ed_danger"}
    | {"overdose", "poisoned", "friend_danger", "abused", "weapon_near", "threat", "linear_strong"}
)
"""Signs that no setting explains: whatever is talked about, they mean what they say."""
_SETTING_KEYS = frozenset({"id", "signal", "eases", "explains", "window"})
_COMPOSITE_KEYS = frozenset(
    {"id", "category", "attention", "delivery", "of", "core"} | {"count", "window", "repeat"}
)


class LexiconError(ValueError):
    """A rule file that must not be used; the message names the file, the line and the reason."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One family of wording, and what it means when its scope tests pass.

    `unless`: scopes that cancel it; `lower`: scopes that lower its attention by one step;
    `only`: scopes of which one must hold; `who`: whose act the nearest subject must make it;
    `sure`: its words are enough, the trained score need not agree (`moderation/doubt.py`).
    """

    id: str
    category: Category
    attention: Attention
    delivery: Delivery
    signal: str
    who: str
    unless: tuple[str, ...]
    lower: tuple[str, ...]
    only: tuple[str, ...]
    say: tuple[str, ...]
    match: tuple[str, ...]
    miss: tuple[str, ...]
    shadow: bool
    sure: bool


@dataclass(frozen=True, slots=True)
class Composite:
    """So many different signals together, in one message or over a speaker's last ones."""

    id: str
    category: Category
    attention: Attention
    delivery: Delivery
    of: frozenset[str]
    core: frozenset[str]
    count: int
    window: int
    repeat: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What two people talk about, told by a `signal`.

    The categories it `eases` weigh less; the signals it `explains`, too, and count with nothing.
    """

    id: str
    signal: str
    eases: frozenset[Category]
    explains: frozenset[str]
    window: int


def _one_of(table: Mapping[str, Any], key: str, allowed: Mapping[str, Any], default: str) -> Any:
    word = table.get(key, default)
    if word not in allowed:
        raise LexiconError(f"{key} is {word!r}, expected one of: {', '.join(allowed)}")
    return allowed[word]


def _strings(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise LexiconError(f"{key} must be a list of strings that are not empty")
    return tuple(value)


def _known_keys(table: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise LexiconError(f"unknown key {unknown[0]!r}")
    if not isinstance(table.get("id"), str) or not table["id"]:
        raise LexiconError("id is missing")


_ATTENTIONS = {attention.word: attention for attention in Attention}
_DELIVERIES = {delivery.word: delivery for delivery in Delivery}
_CATEGORIES = {category.value: category for category in Category if category != Category.FAULT}


def rule_of(table: Mapping[str, Any], category: str) -> Rule:
    """One `[[rule]]` table as a value.

    Raises:
        LexiconError: an unknown key or word, no patterns, or no example of either kind.
    """
    _known_keys(table, _RULE_KEYS)
    kind: Category = _one_of(table, "category", _CATEGORIES, category)
    status: Attention = _one_of(table, "status", STATUS, "page")
    shadow = table.get("status") == "shadow"
    attention: Attention = _one_of(table, "attention", _ATTENTIONS, "queue")
    rule = Rule(
        id=table["id"],
        category=kind,
        attention=min(attention, status),
        delivery=Delivery.DELIVER if shadow else _delivery(table, kind, attention),
        signal=str(table.get("signal", "")),
        who=_one_of(table, "who", dict.fromkeys(WHO) | {w: w for w in WHO}, "any"),
        unless=_strings(table, "unless"),
        lower=_strings(table, "lower"),
        only=_strings(table, "only"),
        say=_strings(table, "say"),
        match=_strings(table, "match"),
        miss=_strings(table, "miss"),
        shadow=shadow,
        sure=table.get("sure") is True,
    )
    _check(rule, attention)
    return rule


def _delivery(table: Mapping[str, Any], kind: Category, attention: Attention) -> Delivery:
    """As the rule says, or as is usual for its category; a rule that disturbs nobody delivers."""
    usual = USUAL_DELIVERY.get(kind, Delivery.DELIVER) if attention else Delivery.DELIVER
    found: Delivery = _one_of(table, "delivery", _DELIVERIES, usual.word)
    return found


def _check(rule: Rule, attention: Attention) -> None:
    """Refuse a rule without patterns, without examples of both kinds, or without any effect."""
    if not rule.say:
        raise LexiconError("say is empty: a rule needs at least one pattern")
    if not rule.match or not rule.miss:
        raise LexiconError("a rule needs examples it must match and near misses it must not")
    if attention == Attention.NONE and not (rule.signal or rule.shadow or rule.delivery):
        raise LexiconError("attention is none, so the rule needs a signal, a delivery or shadow")


def composite_of(table: Mapping[str, Any]) -> Composite:
    """One `[[composite]]` table as a value.

    Raises:
        LexiconError: an unknown key or word, or a count that cannot be met.
    """
    _known_keys(table, _COMPOSITE_KEYS)
    count, window = table.get("count", 2), table.get("window", 12)
    if not isinstance(count, int) or not isinstance(window, int) or count < 1 or window < 0:
        raise LexiconError("count and window must be whole numbers, count at least 1")
    kind: Category = _one_of(table, "category", _CATEGORIES, "")
    return Composite(
        id=table["id"],
        category=kind,
        attention=_one_of(table, "attention", _ATTENTIONS, "page"),
        delivery=_one_of(
            table, "delivery", _DELIVERIES, USUAL_DELIVERY.get(kind, Delivery.DELIVER).word
        ),
        of=frozenset(_strings(table, "of")),
        core=frozenset(_strings(table, "core")),
        count=count,
        window=window,
        repeat=bool(table.get("repeat", False)),
    )


def setting_of(table: Mapping[str, Any]) -> Setting:
    """One `[[setting]]` table as a value.

    Raises:
        LexiconError: an unknown key or category, a window that is no number of messages, or a
            sign too grave to be explained.
    """
    _known_keys(table, _SETTING_KEYS)
    window = table.get("window", 4)
    if not isinstance(window, int) or window < 0:
        raise LexiconError("window must be a whole number")
    eases, explains = _strings(table, "eases"), frozenset(_strings(table, "explains"))
    if explains & GRAVE:
        raise LexiconError(f"nothing explains {min(explains & GRAVE)!r}")
    return Setting(
        id=table["id"],
        signal=str(table.get("signal", "")),
        eases=frozenset(_one_of({"eases": name}, "eases", _CATEGORIES, "") for name in eases),
        explains=explains,
        window=window,
    )

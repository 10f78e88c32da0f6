"""A school's own layer over the shipped rules: rules that are added, and rules made weaker.

Pure. The layer is a rule file like any other (`data/rules/*.toml`) with one more table, `lowered`,
which names shipped rules that shall do less in this school, each with a reason: a page becomes a
look by a moderator, a look becomes a record. Changes agreed on the rules page of staff are written
into such a file by `moderation/rules_page.py`. Used by `pipeline.py` when rules are loaded.
"""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from moderation.outcomes import AttentionWord, DeliveryWord
from moderation.rulebook import Rulebook
from moderation.rules import LexiconError
from moderation.terms import Attention, Delivery

KEY = "lowered"
"""The table of a rule file that this module reads."""
SHORTEST_REASON = 10
"""Characters below which a reason is none."""

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Lines = Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=40)]
Scope = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,32}([+-][a-z_]{1,32})?$")]


class Add(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add", tag_field="kind"):
    """A rule of the school's own; the fields mean what they mean in a rule file."""

    id: Annotated[str, msgspec.Meta(pattern=r"^own\.[a-z0-9_]{1,40}$")]
    category: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,20}$")]
    attention: AttentionWord
    delivery: DeliveryWord
    say: Lines
    match: Lines
    miss: Lines
    who: Literal["any", "self", "peer", "other"] = "any"
    unless: Annotated[tuple[Scope, ...], msgspec.Meta(max_length=20)] = ()


class Lower(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="lower", tag_field="kind"):
    """A shipped rule that shall do one step less in this school."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_.]{1,64}$")]
    reason: Annotated[str, msgspec.Meta(min_length=SHORTEST_REASON, max_length=1000)]


Change = Add | Lower

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def toml_of(changes: Sequence[tuple[Change, bool]]) -> str:
    """A rule file of these changes, each with whether it is only recorded as yet.

    A rule made weaker has no effect while it is only recorded, so it is left out.
    """
    parts = ["# Written by the rules page of staff; it is written anew with every change there.\n"]
    for change, shadow in changes:
        if isinstance(change, Add):
            parts.append(_rule(change, shadow=shadow))
    parts += [
        f"[{KEY}.{_string(change.id)}]\nreason = {_string(change.reason)}\n"
        for change, shadow in changes
        if isinstance(change, Lower) and not shadow
    ]
    return "\n".join(parts)


def _rule(change: Add, *, shadow: bool) -> str:
    values: dict[str, Any] = {
        "id": change.id,
        "category": change.category,
        "attention": change.attention,
        "delivery": change.delivery,
        "who": change.who,
        **({"status": "shadow"} if shadow else {}),
        "unless": change.unless,
        "say": change.say,
        "match": change.match,
        "miss": change.miss,
    }
    lines = [
        f"{key} = {_string(value) if isinstance(value, str) else _list(value)}"
        for key, value in values.items()
    ]
    return "\n".join(["[[rule]]", *lines, ""])


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(_string, values)) + "]"


def _string(text: str) -> str:
    """A TOML basic string, which JSON's is but for control characters; those become blanks."""
    return json.dumps(_CONTROL.sub(" ", text), ensure_ascii=False)


def lowered(book: Rulebook, files: Mapping[Path, str]) -> Rulebook:
    """The book with the rules that these files name made one step weaker.

    Raises:
        LexiconError: a file lowers a rule that does not exist or does nothing, or has no reason.
    """
    wanted = {name: path for path, text in files.items() for name in _names(path, text)}
    known = {rule.id: rule for rule in book.rules}
    for name, path in wanted.items():
        if name not in known:
            raise LexiconError(f"{path}: lowered: there is no rule {name!r}")
        if known[name].attention is Attention.NONE:
            raise LexiconError(f"{path}: lowered: rule {name!r} disturbs nobody as it is")
    if not wanted:
        return book
    rules = tuple(
        dataclasses.replace(rule, **_less(rule.attention)) if rule.id in wanted else rule
        for rule in book.rules
    )
    return dataclasses.replace(book, rules=rules)


def _less(attention: Attention) -> dict[str, Any]:
    if attention is Attention.PAGE:
        return {"attention": Attention.QUEUE}
    return {"attention": Attention.NONE, "delivery": Delivery.DELIVER, "shadow": True}


def _names(path: Path, text: str) -> Sequence[str]:
    table = tomllib.loads(text).get(KEY, {})
    if not isinstance(table, dict):
        raise LexiconError(f"{path}: {KEY} must be a table of rules")
    for name, entry in table.items():
        reason = entry.get("reason") if isinstance(entry, dict) else None
        if not isinstance(reason, str) or len(reason.strip()) < SHORTEST_REASON:
            raise LexiconError(f"{path}: {KEY}: rule {name!r} needs a reason of a few words")
        if set(entry) != {"reason"}:
            raise LexiconError(f"{path}: {KEY}: rule {name!r} takes a reason and nothing else")
    return tuple(table)

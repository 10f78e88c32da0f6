"""Whose act a phrase is, whether it is denied, and what kind of talk it stands in.

Pure. A scope test reads the words around a match: the negation just before it, the nearest
subject, and *marks* of the whole message (a joke, a trivial cause, a story, the past), which are
patterns in `lexicon/scopes.toml`. Marks are worked out only when a rule that names them matched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation.gates import all_met
from moderation.phrases import Line, Mark
from moderation.rules import Rule
from moderation.vocabulary import ASK, STOP

_NEGATION_REACH = 4
_SUBJECT_REACH = 7
_SUBJECTS = ("self", "peer", "other")


@dataclass(frozen=True, slots=True)
class Scopes:
    """The words that scope tests look for, as codes."""

    marks: Mapping[str, Sequence[Mark]]
    negators: frozenset[str]
    turns: frozenset[str]
    thinking: frozenset[str]
    subjects: Mapping[str, frozenset[str]]

    def marked(self, name: str, line: Line) -> bool:
        """Whether the message bears the mark `name` anywhere."""
        known = line.marks.get(name)
        if known is None:
            known = line.marks[name] = any(
                all_met(needs, line.present) and line.run(row, line.full)
                for needs, row in self.marks.get(name, ())
            )
        return known

    def negated(self, line: Line, first: int) -> bool:
        """Whether the match that begins at `first` is denied just before, an odd count."""
        count = 0
        codes = line.codes
        for at in range(first - 1, max(-1, first - 1 - _NEGATION_REACH), -1):
            code = codes[at]
            if code in self.turns or code in (STOP, ASK):
                break
            count += code in self.negators
            if code in self.subjects["clause"] and codes[max(0, at - 1)] not in self.thinking:
                break
        return count % 2 == 1

    def who(self, line: Line, first: int, last: int) -> str:
        """The nearest subject named at or before the match: self, peer or other; "" if none."""
        inside = line.codes[first : last + 1]
        if not self.subjects["speaker"].isdisjoint(inside):
            return "self"
        before = line.codes[max(0, first - _SUBJECT_REACH) : first]
        for code in before[::-1]:
            if code in (STOP, ASK):
                break
            for name in _SUBJECTS:
                if code in self.subjects[name]:
                    return name
        # "gonna find him": after the first word, it is whom it is done to.
        doers = {inside[:1]} | (set(inside) - self.subjects["object"])
        for name in _SUBJECTS:
            if not self.subjects[name].isdisjoint(doers):
                return name
        return ""


def concerns(rule: Rule, scopes: Scopes, line: Line, span: tuple[int, int]) -> bool:
    """Whether a match is the act of whom the rule is about, or of nobody named."""
    return rule.who == "any" or scopes.who(line, *span) in ("", rule.who)


def weight(rule: Rule, scopes: Scopes, line: Line, span: tuple[int, int], *, quoted: bool) -> int:
    """How many steps the scope tests take off a match: 0 keeps it, 9 cancels it."""
    first, _ = span
    for name in rule.unless:
        if _holds(name, scopes, line, first, quoted=quoted):
            return 9
    if rule.only and not any(
        _holds(name, scopes, line, first, quoted=quoted) for name in rule.only
    ):
        return 9
    return int(any(_holds(name, scopes, line, first, quoted=quoted) for name in rule.lower))


def _holds(name: str, scopes: Scopes, line: Line, first: int, *, quoted: bool) -> bool:
    """Whether a scope holds; `a+b` wants both, `a-b` wants the first without the second."""
    if "+" in name:
        one, other = name.split("+", 1)
        return scopes.marked(one, line) and scopes.marked(other, line)
    if "-" in name:
        one, other = name.split("-", 1)
        return scopes.marked(one, line) and not scopes.marked(other, line)
    if name == "negated":
        return scopes.negated(line, first)
    if name == "quoted":
        return quoted or scopes.marked(name, line)
    return scopes.marked(name, line)

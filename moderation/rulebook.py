"""Reads the lexicon from files and refuses it whole when anything in it does not hold.

A shell over `moderation/rule_files.py`. A rule book is built off to one side and never changes, so
it can be swapped in while the server runs; a school's own files are `added` to a copy of one that
was read before. A pattern without a rare word, an unknown key, an id that is taken: refused, with
the path and the line of the rule. So is a book of which any example fails, by
`moderation/examples.py`, before anybody judges by it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from moderation.fold import FOLD
from moderation.grammar import Grammar, PatternError
from moderation.linear.signals import SIGNALS
from moderation.phrases import Index, Mark
from moderation.rule_files import lines_of, of_folder, table_of, version_of
from moderation.rules import (
    Composite,
    LexiconError,
    Rule,
    Setting,
    composite_of,
    rule_of,
    setting_of,
)
from moderation.scopes import Scopes
from moderation.vocabulary import Vocabulary
from moderation.wordlist import starred

LEXICON = Path(__file__).parent / "lexicon"
_T = TypeVar("_T")
_WORD_FILES = ("words.toml", "spelling.toml")
_NOT_RULES = frozenset(
    {"words.toml", "spelling.toml", "scopes.toml", "composites.toml", "profanity.toml"}
    | {"names.toml", "decisions.toml", "signs.toml", "holding.toml"}
    | {"languages.toml"}
)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules, ready to match.

    `version` is a hash of every file they came from, and of the weights of the trained stage,
    since those decide as well.
    """

    rules: tuple[Rule, ...]
    composites: tuple[Composite, ...]
    settings: tuple[Setting, ...]
    index: Index
    scopes: Scopes
    vocabulary: Vocabulary
    data: Mapping[str, Mapping[str, Any]]
    starred: frozenset[str]
    version: str
    sources: Mapping[str, str]


def load(directory: Path = LEXICON) -> Rulebook:
    """The rules of a folder, the shipped ones at first, without running their examples.

    Raises:
        LexiconError: a file that cannot be read, parsed or understood; it names path and line.
    """
    texts = of_folder(directory)
    tables = {path: table_of(path, text) for path, text in texts.items()}
    data = {path.name: table for path, table in tables.items() if path.name in _NOT_RULES}
    if missing := _NOT_RULES - data.keys():
        raise LexiconError(f"{directory}: has no {', '.join(sorted(missing))}")
    swearing = starred(data["profanity.toml"])
    vocabulary = _vocabulary(data, swearing)
    building = _building(data["words.toml"], vocabulary)
    for path, table in tables.items():
        if path.name not in _NOT_RULES:
            _add_rules(path, texts[path], table, building)
    built = directory / "composites.toml"
    composites = tuple(_read(built, data[built.name], "composite", composite_of))
    settings = tuple(_read(built, data[built.name], "setting", setting_of))
    scopes = _scopes(data["scopes.toml"], building.grammar, building.index, vocabulary)
    _check_scopes(building.rules, scopes, building.sources)
    _check_signals(building.rules, composites, settings)
    vocabulary.close()
    return Rulebook(
        rules=tuple(building.rules),
        composites=composites,
        settings=settings,
        index=building.index,
        scopes=scopes,
        vocabulary=vocabulary,
        data=data,
        starred=swearing,
        version=version_of(texts.values()),
        sources=building.sources,
    )


def added(book: Rulebook, files: Mapping[Path, str]) -> Rulebook:
    """The book with the rules of a school's own files on top; `book` stays as it is.

    Its rules, already read and checked, are not read again: they keep their places, and their words
    their codes. What new words do to them, only their examples can tell.

    Raises:
        LexiconError: a file that cannot be parsed or understood; it names path and line.
    """
    vocabulary = book.vocabulary.copied()
    building = _building(book.data["words.toml"], vocabulary, book)
    for path, text in files.items():
        _add_rules(path, text, table_of(path, text), building, own=True)
    _check_scopes(building.rules[len(book.rules) :], book.scopes, building.sources)
    vocabulary.close()
    return dataclasses.replace(
        book,
        rules=tuple(building.rules),
        index=building.index,
        vocabulary=vocabulary,
        version=version_of([book.version, *files.values()]),
        sources=building.sources,
    )


def _vocabulary(data: Mapping[str, Mapping[str, Any]], swearing: frozenset[str]) -> Vocabulary:
    words, spelling = (data[name] for name in _WORD_FILES)
    slang = {
        short: meaning for meaning, shorts in words["slang"].items() for short in shorts.split()
    }
    vocabulary = Vocabulary(
        slang,
        spelling["anchors"].split(),
        spelling["ordinary"].split(),
        words["fillers"].split(),
        words["sworn_fillers"].split(),
        starred=spelling["starred"].split(),
    )
    for word in sorted(swearing):
        if word.isalnum():
            vocabulary.code("".join(map(FOLD.__getitem__, word)))
    return vocabulary


@dataclass(slots=True)
class _Building:
    """What is gathered while the rule files are read one after another."""

    grammar: Grammar
    index: Index
    rules: list[Rule]
    sources: dict[str, str]


def _building(
    words: Mapping[str, Any], vocabulary: Vocabulary, onto: Rulebook | None = None
) -> _Building:
    """The beginning: the grammar, and an index that knows how common words are; all of `onto`."""
    rates = words["common"].items()
    common = {word: int(rate) for rate, row in rates for word in row.split()}
    grammar = Grammar(vocabulary, words["classes"])
    if onto is None:
        return _Building(grammar, Index(vocabulary, common), [], {})
    index = Index(vocabulary, common, onto.index)
    return _Building(grammar, index, [*onto.rules], {**onto.sources})


def _add_rules(
    path: Path, text: str, table: Mapping[str, Any], book: _Building, *, own: bool = False
) -> None:
    """Add the rules of one file; those of a school's `own` are sure, for it knows its words."""
    unknown = sorted(set(table) - {"category", "rule", "language", "lowered"})
    if unknown:
        raise LexiconError(f"{path}: unknown key {unknown[0]!r}")
    lines = lines_of(text)
    for entry in table.get("rule", []):
        name = str(entry.get("id", "?"))
        place = f"{path}:{lines.get(name, 1)}"
        where = f"{place}: rule {name}"
        if name in book.sources:
            raise LexiconError(f"{where}: the id is taken, at {book.sources[name]}")
        try:
            rule = rule_of(entry, str(table.get("category", "")))
            if own:
                rule = dataclasses.replace(rule, sure=True)
            for pattern in rule.say:
                _add_pattern(pattern, book)
        except LexiconError as error:
            raise LexiconError(f"{where}: {error}") from error
        book.rules.append(rule)
        book.sources[name] = place


def _add_pattern(pattern: str, book: _Building) -> None:
    try:
        book.index.add(book.grammar.parse(pattern), len(book.rules))
    except PatternError as error:
        raise LexiconError(f"pattern {pattern!r}: {error}") from error


def _read(
    path: Path, table: Mapping[str, Any], kind: str, reader: Callable[[Mapping[str, Any]], _T]
) -> Iterable[_T]:
    for entry in table.get(kind, []):
        try:
            yield reader(entry)
        except LexiconError as error:
            raise LexiconError(f"{path}: {kind} {entry.get('id', '?')}: {error}") from error


def _scopes(
    table: Mapping[str, Any], grammar: Grammar, index: Index, vocabulary: Vocabulary
) -> Scopes:
    marks: dict[str, list[Mark]] = {}
    for name, patterns in table["marks"].items():
        for pattern in patterns:
            try:
                marks.setdefault(name, []).append(index.add_mark(grammar.parse(pattern)))
            except PatternError as error:
                raise LexiconError(f"scopes.toml: mark {name}: {pattern!r}: {error}") from error
    subjects = {
        name: frozenset("".join(vocabulary.code(word) for word in words.split())) - {"."}
        for name, words in table["subjects"].items()
    }
    negators, turns, thinking = (
        frozenset("".join(vocabulary.code(word) for word in table[key].split()))
        for key in ("negators", "turns", "thinking")
    )
    return Scopes(marks, negators, turns, thinking, subjects)


def _check_scopes(rules: Iterable[Rule], scopes: Scopes, sources: Mapping[str, str]) -> None:
    allowed = {*scopes.marks, "negated", "quoted"}
    for rule in rules:
        for name in (*rule.unless, *rule.lower, *rule.only):
            if not allowed.issuperset(re.split("[+-]", name)):
                raise LexiconError(f"{sources[rule.id]}: rule {rule.id}: unknown scope {name!r}")


def _check_signals(
    rules: Iterable[Rule], composites: Iterable[Composite], settings: Iterable[Setting]
) -> None:
    signals = {rule.signal for rule in rules} | SIGNALS
    told = [setting.signal for setting in settings]
    for setting in settings:
        if told.count(setting.signal) > 1:
            raise LexiconError(
                f"composites.toml: setting {setting.id}: another is told by {setting.signal!r}"
            )
        for name in (setting.signal, *sorted(setting.explains)):
            if name not in signals:
                raise LexiconError(
                    f"composites.toml: setting {setting.id}: nothing gives signal {name!r}"
                )
    for composite in composites:
        for name in composite.of | composite.core:
            if name not in signals:
                raise LexiconError(
                    f"composites.toml: composite {composite.id}: nothing gives signal {name!r}"
                )

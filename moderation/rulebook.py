"""Reads the lexicon from files and refuses it whole when anything in it does not hold.

A shell: the only file of the judging half that reads rule files. A rule book is built off to one
side and never changes, so it can be swapped in while the server runs. `load` runs every example
of every rule; a file whose examples fail, a pattern without a rare word, an unknown key: refused,
with the path and the line of the rule.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from moderation.fold import FOLD
from moderation.grammar import Grammar, PatternError
from moderation.linear.signals import SIGNALS
from moderation.linear.store import SHIPPED
from moderation.phrases import Index, Mark
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


def load(extra: Sequence[Path] = (), *, directory: Path = LEXICON) -> Rulebook:
    """The shipped rules and a school's own files on top, without running the examples.

    Raises:
        LexiconError: a file that cannot be read, parsed or understood; it names path and line.
    """
    paths = sorted(directory.rglob("*.toml"), key=lambda path: path.relative_to(directory).parts)
    texts = {path: _text(path) for path in [*paths, *extra]}
    tables = {path: _table(path, text) for path, text in texts.items()}
    data = {path.name: tables[path] for path in paths if path.name in _NOT_RULES}
    if missing := _NOT_RULES - data.keys():
        raise LexiconError(f"{directory}: has no {', '.join(sorted(missing))}")
    swearing = starred(data["profanity.toml"])
    vocabulary = _vocabulary(data, swearing)
    building = _building(data["words.toml"], vocabulary)
    for path, table in tables.items():
        if path.name not in _NOT_RULES or path in extra:
            _add_rules(path, texts[path], table, building, own=path in extra)
    built = directory / "composites.toml"
    composites = tuple(_read(built, data[built.name], "composite", composite_of))
    settings = tuple(_read(built, data[built.name], "setting", setting_of))
    scopes = _scopes(data["scopes.toml"], building.grammar, building.index, vocabulary)
    _check_names(building.rules, composites, settings, scopes, building.sources)
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
        version=_version(texts[path] for path in [*paths, *extra]),
        sources=building.sources,
    )


def _version(texts: Iterable[str]) -> str:
    """Twelve hexadecimal digits that change with any of these files and with the trained stage."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode())
    digest.update(SHIPPED.read_bytes())
    return digest.hexdigest()[:12]


def as_on_disk(directory: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether the files of a rule book changed: name, time and size of each."""
    files = sorted([*directory.rglob("*.toml"), SHIPPED])
    found = ((path, path.stat()) for path in files)
    return tuple((str(path), status.st_mtime_ns, status.st_size) for path, status in found)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: cannot read: {error}") from error


def _table(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{path}: {error}") from error


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


def _building(words: Mapping[str, Any], vocabulary: Vocabulary) -> _Building:
    """The beginning: the grammar and an index that knows how common words are, and no rule yet."""
    rates = words["common"].items()
    common = {word: int(rate) for rate, row in rates for word in row.split()}
    return _Building(Grammar(vocabulary, words["classes"]), Index(vocabulary, common), [], {})


def _add_rules(
    path: Path, text: str, table: Mapping[str, Any], book: _Building, *, own: bool
) -> None:
    """Add the rules of one file; those of a school's `own` are sure, for it knows its words."""
    unknown = sorted(set(table) - {"category", "rule", "language", "lowered"})
    if unknown:
        raise LexiconError(f"{path}: unknown key {unknown[0]!r}")
    for entry in table.get("rule", []):
        name = str(entry.get("id", "?"))
        where = f"{path}:{line_of(text, name)}: rule {name}"
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
        book.sources[name] = f"{path}:{line_of(text, name)}"


def _add_pattern(pattern: str, book: _Building) -> None:
    try:
        book.index.add(book.grammar.parse(pattern), len(book.rules))
    except PatternError as error:
        raise LexiconError(f"pattern {pattern!r}: {error}") from error


def line_of(text: str, name: str) -> int:
    """The line (from 1) on which a rule's id stands, or 1."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("id") and f'"{name}"' in line:
            return number
    return 1


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


def _check_names(
    rules: Iterable[Rule],
    composites: Iterable[Composite],
    settings: Iterable[Setting],
    scopes: Scopes,
    sources: Mapping[str, str],
) -> None:
    signals = {rule.signal for rule in rules} | SIGNALS
    allowed = {*scopes.marks, "negated", "quoted"}
    for rule in rules:
        for name in (*rule.unless, *rule.lower, *rule.only):
            if not allowed.issuperset(re.split("[+-]", name)):
                raise LexiconError(f"{sources[rule.id]}: rule {rule.id}: unknown scope {name!r}")
    for setting in settings:
        if setting.signal not in signals:
            raise LexiconError(
                f"composites.toml: setting {setting.id}: nothing gives signal {setting.signal!r}"
            )
    for composite in composites:
        for name in composite.of | composite.core:
            if name not in signals:
                raise LexiconError(
                    f"composites.toml: composite {composite.id}: nothing gives signal {name!r}"
                )

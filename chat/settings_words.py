"""What is wrong with settings, told to whoever wrote them: which key, and what would be right.

Pure; used by `settings_file.py`. A value is never repeated: it may be a password.
"""

from __future__ import annotations

import ast
import re
from difflib import get_close_matches

from chat.settings import MEANT, Settings
from moderation.terms import Category

_AT = re.compile(r" - at (?:`key` in )?`(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")
_MISSING = re.compile(r"Object missing required field `(.+)`")
_LIKE = re.compile(r"Expected `str` matching regex (.+)")
_CHOICE = re.compile(r"Invalid enum value '(.+)'")
_RANGE = re.compile(r"Expected `(?:int|float)` (>=|<=|>|<) (.+)")
_LENGTH = re.compile(r"Expected `(str|array)` of length (>=|<=) (\d+)")
_SIZES = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
_TYPES = {
    "`int`": "a whole number, without quotes",
    "`float`": "a number, without quotes",
    "`bool`": "true or false, in small letters and without quotes",
    "`str`": 'words in double quotes, "…"',
    "`array`": 'a list, ["…", "…"]',
    "`object`": "a section of its own, with keys below its name in [brackets]",
}
_UNITS = {"str": ("letter", "letters"), "array": ("entry", "entries")}
_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_TWICE = re.compile(r"Cannot (declare|overwrite)")


def not_as_meant(said: str) -> str:
    """A validation error of msgspec, with the path of the setting before it."""
    at = _AT.search(said)
    path, what = ("", said) if at is None else (at["path"].removeprefix("$."), said[: at.start()])
    path = path.removeprefix("$")
    if found := _UNKNOWN.fullmatch(what):
        return f"{_joined(path, found[1])}: there is no such setting{_meant(path, found[1])}"
    if found := _MISSING.fullmatch(what):
        return f"{_joined(path, found[1])}: this is missing"
    return f"{path}: {_expected(what)}"


def not_toml(said: str, text: str) -> str:
    """An error of the TOML parser, with the key of its line and what is most often meant."""
    found = _LINE.search(said)
    number = int(found[1]) if found else text.count("\n") + 1
    line = text.splitlines()[number - 1] if text.strip() else ""
    key = line.partition("=")[0].strip()
    where = f"line {number}" + (f" ({key})" if key and key.isprintable() and "=" in line else "")
    if _TWICE.match(said):
        return f"{where}: this stands there twice: keep one of them, or put both together"
    return (
        f'{where}: this cannot be read. Words stand in straight double quotes, "…", numbers,'
        " true and false without; a section in [brackets]; a date is 2027-02-12"
    )


def _expected(what: str) -> str:
    if found := _LIKE.fullmatch(what):
        meant = MEANT.get(ast.literal_eval(found[1]))
        return f"expected {meant}" if meant else what
    if found := _CHOICE.fullmatch(what):  # one of a few words, so never a password
        near = get_close_matches(found[1], [category.value for category in Category], 1)
        return f"there is no {found[1]}" + (f"; did you mean {near[0]}?" if near else "")
    if found := _RANGE.fullmatch(what):
        return f"expected a number {_SIZES[found[1]]} {found[2]}"
    if found := _LENGTH.fullmatch(what):
        end, unit = "least" if found[2] == ">=" else "most", _UNITS[found[1]][found[3] != "1"]
        return f"expected at {end} {found[3]} {unit}"
    if what.startswith("Invalid RFC3339 encoded date"):
        return "expected a date as 2027-02-12"
    kind = what.removeprefix("Expected ").partition(",")[0].partition(" |")[0]
    return f"expected {_TYPES[kind]}" if kind in _TYPES else what[:1].lower() + what[1:]


def _meant(path: str, name: str) -> str:
    """The setting that was meant, where that can be guessed."""
    branch: object = Settings()
    for part in filter(None, path.split(".")):
        branch = getattr(branch, part, None)
    if near := get_close_matches(name, getattr(branch, "__struct_fields__", ()), 1):
        return f"; did you mean {_joined(path, near[0])}?"
    elsewhere = [
        f"{section}.{name}"
        for section in Settings.__struct_fields__
        if name in getattr(getattr(Settings(), section), "__struct_fields__", ())
    ]
    return f"; did you mean {' or '.join(elsewhere)}?" if elsewhere else ""


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name

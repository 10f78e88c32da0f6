"""Reads the settings: the defaults, then a TOML file, then the environment, each over the last.

Used by `run_server.py`. An environment variable names its setting's path with double underscores:
`PEERLINE__SERVER__PORT=8443`. A key that does not exist, or a value of the wrong type, is refused
with its path before anything starts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from chat.settings import BadSettings, Settings
from chat.settings_words import not_as_meant, not_toml
from moderation.outcomes import FILE, Change, FloorError, table_of
from moderation.pager.networks import networks
from moderation.rulebook import LEXICON
from moderation.terms import Category

T = TypeVar("T")

_PREFIX = "PEERLINE__"


def load(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """Settings from a TOML file (or none) and the environment.

    Raises:
        BadSettings: A file that cannot be read or parsed, a key that does not exist, or a value
            of the wrong type, or a decision below its floor; the message names the path of the
            setting, where it stands, and what would be right.
    """
    tree = {} if path is None else _parsed(path)
    variables: dict[str, str] = {}
    for name, value in environment.items():
        if name.startswith(_PREFIX):
            parts = name.removeprefix(_PREFIX).lower().split("__")
            _put(tree, parts, _value(name, value))
            variables[".".join(parts)] = name
        else:
            _refuse_one_underscore(name)
    try:
        settings = convert(tree, Settings)
        _check_floors(settings.decisions)
        _check_networks(settings)
    except BadSettings as wrong:
        raise BadSettings(f"{_where(str(wrong), variables, path)}: {wrong}") from None
    return settings


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BadSettings(f"{path}: this is no text in UTF-8: save it as such") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path}: {not_toml(str(error), text)}") from None


def _where(wrong: str, variables: Mapping[str, str], path: Path | None) -> object:
    """What set the setting that is wrong: a variable, or the file."""
    setting = wrong.partition(":")[0]
    for key, name in variables.items():
        if key == setting or key.startswith(f"{setting}.") or setting.startswith(key):
            return name
    return path


def _check_networks(settings: Settings) -> None:
    named = {"pager": settings.pager.networks, "second_opinion": settings.second_opinion.networks}
    for section, found in named.items():
        try:
            networks(found)
        except ValueError:
            raise BadSettings(
                f'{section}.networks: expected networks as "10.1.2.0/24", or single addresses'
            ) from None


def _check_floors(changes: Mapping[Category, Change]) -> None:
    if not changes:
        return
    shipped = tomllib.loads((LEXICON / FILE).read_text(encoding="utf-8"))
    try:
        table_of(shipped, changes)
    except FloorError as error:
        raise BadSettings(str(error)) from error


def convert(tree: Mapping[str, Any], kind: type[T]) -> T:
    """A plain tree as settings of that kind; raises BadSettings naming the path."""
    try:
        return msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadSettings(not_as_meant(str(error))) from None


def _value(name: str, text: str) -> object:
    """What a variable says: text, which is read as its setting's type, or a list as in the file."""
    if not text.startswith("["):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        raise BadSettings(f'{name}: a list is written as in the file, ["…", "…"]') from None


def _refuse_one_underscore(name: str) -> None:
    """A variable that was meant for a setting and would change nothing."""
    first, _, rest = name.removeprefix("PEERLINE_").partition("_")
    if name.startswith("PEERLINE_") and rest and first.lower() in Settings.__struct_fields__:
        meant = f"{_PREFIX}{first}__{rest}"
        raise BadSettings(f"{name}: two underscores stand between the parts, as in {meant}")


def _put(tree: dict[str, Any], path: list[str], value: object) -> None:
    *branches, leaf = path
    for branch in branches:
        tree = tree.setdefault(branch, {})
        if not isinstance(tree, dict):
            raise BadSettings(f"{_PREFIX}{'__'.join(path).upper()}: {branch} has no parts")
    tree[leaf] = value

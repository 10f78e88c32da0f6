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
from moderation.outcomes import FILE, Change, FloorError, table_of
from moderation.rulebook import LEXICON
from moderation.terms import Category

T = TypeVar("T")

_PREFIX = "PEERLINE__"


def load(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """Settings from a TOML file (or none) and the environment.

    Raises:
        BadSettings: A file that cannot be read or parsed, a key that does not exist, or a value
            of the wrong type, or a decision below its floor; the message names the path of the
            setting.
    """
    tree: dict[str, Any] = {}
    if path is not None:
        try:
            tree = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadSettings(f"{path}: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadSettings(f"{path}: {error}") from error
    for name, value in environment.items():
        if name.startswith(_PREFIX):
            _put(tree, name.removeprefix(_PREFIX).lower().split("__"), value)
    settings = convert(tree, Settings)
    if settings.decisions:
        _check_floors(settings.decisions)
    return settings


def _check_floors(changes: Mapping[Category, Change]) -> None:
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
        raise BadSettings(str(error).replace("`$.", "`")) from error


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    *branches, leaf = path
    for branch in branches:
        tree = tree.setdefault(branch, {})
        if not isinstance(tree, dict):
            raise BadSettings(f"{_PREFIX}{'__'.join(path).upper()}: {branch} has no parts")
    tree[leaf] = value

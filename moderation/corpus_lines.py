"""Reads written messages and dialogues, one JSON object a line, and refuses a bad line by number.

A shell, used by the commands of `python -m moderation` and by the rules page of staff.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
"""The messages written for this project."""


class BadLineError(ValueError):
    """A line of input that is not what the command reads."""


def _lines(path: str) -> Iterator[tuple[int, str]]:
    if path == "-":
        data = sys.stdin.buffer.read()
    else:
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise BadLineError(f"{path}: cannot read: {error.strerror}") from error
    for number, raw in enumerate(data.split(b"\n"), 1):
        if raw.strip():
            try:
                yield number, raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadLineError(f"{path}:{number}: not UTF-8") from error


def records(path: str, check: Callable[[dict[str, Any]], str]) -> Iterator[dict[str, Any]]:
    """Every record of a file, "-" for standard input; `check` says what is wrong with one, or "".

    Raises:
        BadLineError: a file that cannot be read, or a line that is not such a record.
    """
    for number, line in _lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadLineError(f"{path}:{number}: not JSON ({error})") from error
        if not isinstance(record, dict):
            raise BadLineError(f"{path}:{number}: expected a JSON object")
        problem = check(record)
        if problem:
            raise BadLineError(f"{path}:{number}: {problem}")
        yield record


def message_problem(record: dict[str, Any]) -> str:
    """What keeps a record from being a message, or ""."""
    if "id" not in record:
        return '"id" is missing'
    if not isinstance(record.get("text"), str):
        return '"text" is missing or not a string'
    context = record.get("context", [])
    if not isinstance(context, list) or not all(isinstance(item, str) for item in context):
        return '"context" must be a list of strings'
    return ""


def dialogue_problem(record: dict[str, Any]) -> str:
    """What keeps a record from being a dialogue, or ""."""
    if "id" not in record:
        return '"id" is missing'
    turns = record.get("turns")
    if not isinstance(turns, list):
        return '"turns" is missing or not a list'
    for turn in turns:
        if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
            return 'each turn needs "from" and "text"'
        if turn.get("from") not in ("A", "B"):
            return '"from" must be "A" or "B"'
    return ""


def either_problem(record: dict[str, Any]) -> str:
    """What keeps a record from being a message or a dialogue, or ""."""
    return dialogue_problem(record) if "turns" in record else message_problem(record)


def corpus(path: str) -> list[dict[str, Any]]:
    """Every record of a file, or of all `.jsonl` files in a folder.

    Raises:
        BadLineError: a file that cannot be read, or a line that is not a record.
    """
    folder = Path(path)
    files = sorted(map(str, folder.glob("*.jsonl"))) if folder.is_dir() else [path]
    return [record for file in files for record in records(file, either_problem)]

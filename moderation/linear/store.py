"""Reads and writes the file of weights: one gzip member, a header line, then columns.

A shell: the only file of the trained stage that touches the disk. The format is our own because
JSON would be three times the size and load in twice the time: a JSON header; of each table its
words, its pieces and its pairs, those with the same first word on one line; then one byte a key, or
one for each group in the table of groups.
"""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from itertools import islice
from pathlib import Path
from sys import intern
from typing import Any

from moderation.linear.features import GAP, own_key
from moderation.linear.model import GROUPS, LANE, Features, Weights, packed, pieces_in

SHIPPED = Path(__file__).parent / "weights.gz"
FORMAT = 2
LIMITS = ("gate", "agrees", "weak", "queue", "strong", "hold", "urgent")
MIDDLE = 128
"""The byte that stands for nothing."""
_NUMBERS = tuple(range(-MIDDLE, MIDDLE))
"""What each byte stands for: one object for each, however many keys have it."""
MOST_BYTES = 32_000_000
"""Largest file after unpacking."""
_Line = tuple[str, list[str]]
"""A line of keys as it is written, and the keys that stand on it."""


class WeightsError(ValueError):
    """A file of weights that must not be used; the message names it and the reason."""


def save(
    path: Path, header: Mapping[str, Any], risk: Mapping[str, int], groups: Mapping[str, bytes]
) -> None:
    """Write a file that `load` reads, from keys of `features.py`; the same input, the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    counts, lines, values = [], [], b""
    for table in ({key: bytes([number + MIDDLE]) for key, number in risk.items()}, groups):
        parts = _parts(table)
        counts.append([len(table), *map(len, parts)])
        lines += [line for part in parts for line, _ in part]
        values += b"".join(table[key] for part in parts for _, keys in part for key in keys)
    head = json.dumps({**header, "format": FORMAT, "counts": counts}, sort_keys=True)
    body = "\n".join([head, *lines]).encode() + b"\n\n" + values
    path.write_bytes(gzip.compress(body, 9, mtime=0))


def _parts(table: Mapping[str, object]) -> tuple[list[_Line], ...]:
    """The lines of words, of pieces of words, of neighbours, and of pairs with a gap."""
    own, between = own_key(""), f" {GAP} "
    words = [(key.removeprefix(own), [key]) for key in table if key.startswith(own)]
    pieces = [(key, [key]) for key in table if not (" " in key or key.startswith(own))]
    pairs: dict[tuple[bool, str], list[str]] = {}
    for key in table:
        first, found, _ = key.partition(" ")
        if found:
            pairs.setdefault((key.startswith(first + between), first), []).append(key)
    rows: tuple[list[_Line], list[_Line]] = ([], [])
    for (far, first), keys in pairs.items():
        rows[far].append((" ".join([first, *(key.split(" ")[-1] for key in keys)]), keys))
    return words, pieces, *rows


def load(path: Path = SHIPPED) -> Weights:
    """The weights of a file.

    Raises:
        WeightsError: it cannot be read, or is not a whole file of this format.
    """
    try:
        with gzip.open(path) as file:
            body = file.read(MOST_BYTES)
        return _weights(body)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path}: no weights of format {FORMAT}: {error}") from error


def _weights(body: bytes) -> Weights:
    text, found, values = body.partition(b"\n\n")
    lines = (line.rstrip("\n") for line in StringIO(text.decode(), newline="\n"))
    header = json.loads(next(lines, ""))
    if header["format"] != FORMAT or tuple(header["groups"]) != GROUPS or not found:
        raise ValueError("another format or other groups")
    risk, groups = header["counts"]
    single, width = int(risk[0]), len(GROUPS)
    if len(values) != single + int(groups[0]) * width:
        raise ValueError("a value is missing")
    limits = {name: float(header["limits"][name]) for name in LIMITS}
    if not all(map(math.isfinite, limits.values())):
        raise ValueError("a limit is not a number")
    return Weights(
        str(header["version"]),
        float(header["bias"]),
        float(header["step"]),
        float(header["group_step"]),
        tuple(float(bias) for bias in header["group_biases"]),
        _features(lines, risk, map(_NUMBERS.__getitem__, values[:single])),
        _features(lines, groups, _rows(values[single:])),
        limits,
    )


def _features(lines: Iterator[str], counts: list[int], values: Iterator[int]) -> Features:
    """The next lines, so many of each kind, with as many of the values as they have keys."""
    many, words, pieces, near, far = counts

    def numbered(keys: Iterable[str]) -> dict[str, int]:
        return dict(zip(keys, values))  # noqa: B905 - the values go on

    def paired(some: int) -> dict[str, dict[str, int]]:
        rows = (line.split(" ") for line in islice(lines, some))
        return {intern(first): numbered(map(intern, lasts)) for first, *lasts in rows}

    own = numbered(map(intern, islice(lines, words)))
    automaton = pieces_in(zip(islice(lines, pieces), values))  # noqa: B905 - the same
    pairs = [paired(some) for some in (near, far)]
    have = sum(map(len, [own, *pairs[0].values(), *pairs[1].values()])) + len(automaton) - 1
    if many != have:
        raise ValueError("a key is missing")
    return Features(own, automaton, *pairs)


def _rows(values: bytes) -> Iterator[int]:
    """The rows of the table of groups, each packed."""
    step = LANE // 8
    width, middles = len(GROUPS) * step, packed([MIDDLE] * len(GROUPS))
    wide = bytearray(len(values) * step)
    wide[::step] = values
    for at in range(0, len(wide), width):
        yield int.from_bytes(wide[at : at + width], "little") - middles

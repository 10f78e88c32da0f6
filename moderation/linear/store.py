"""Reads and writes the file of weights: one gzip member, a header line, then columns.

A shell: the only file of the trained stage that touches the disk. The format is our own because
JSON would be three times the size and load in twice the time: a JSON header, the keys of each table
one a line, then one signed byte a key (one unsigned byte for each group in the table of groups).
"""

from __future__ import annotations

import gzip
import json
import math
import sys
import zlib
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from moderation.linear.model import GROUPS, LANE, Weights, keyed, packed

SHIPPED = Path(__file__).parent / "weights.gz"
FORMAT = 1
LIMITS = ("gate", "agrees", "weak", "queue", "strong", "hold", "urgent")
_MIDDLE = 128
"""The byte that stands for nothing in the table of groups."""
MOST_BYTES = 32_000_000
"""Largest file after unpacking."""


class WeightsError(ValueError):
    """A file of weights that must not be used; the message names it and the reason."""


def save(
    path: Path,
    header: Mapping[str, Any],
    pieces: Mapping[str, int],
    pairs: Mapping[str, int],
    groups: Mapping[str, bytes],
) -> None:
    """Write a file that `load` reads; the same input makes the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    counts = [len(pieces), len(pairs), len(groups)]
    head = json.dumps({**header, "format": FORMAT, "counts": counts}, sort_keys=True)
    lines = [head, *pieces, *pairs, *groups]
    body = "\n".join(lines).encode() + b"\n\n"
    body += array("b", [*pieces.values(), *pairs.values()]).tobytes()
    body += b"".join(groups.values())
    path.write_bytes(gzip.compress(body, 9, mtime=0))


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
    head, *keys = text.decode().split("\n")
    header = json.loads(head)
    pieces, pairs, groups = (int(count) for count in header["counts"])
    single = pieces + pairs
    if header["format"] != FORMAT or tuple(header["groups"]) != GROUPS or not found:
        raise ValueError("another format or other groups")
    if len(keys) != single + groups or len(values) != single + groups * len(GROUPS):
        raise ValueError("the tables are not whole")
    limits = {name: float(header["limits"][name]) for name in LIMITS}
    if not all(map(math.isfinite, limits.values())):
        raise ValueError("a limit is not a number")
    table = dict(zip(keys[single:], _rows(values[single:]), strict=True))
    for key, risk in zip(keys, array("b", values[:single]), strict=False):
        table[key] = table.get(key, 0) + risk
    near, far = keyed({key: table.pop(key) for key in keys if " " in key and key in table})
    return Weights(
        str(header["version"]),
        float(header["bias"]),
        float(header["step"]),
        float(header["group_step"]),
        tuple(float(bias) for bias in header["group_biases"]),
        table,
        near,
        far,
        limits,
    )


def _rows(values: bytes) -> Iterator[int]:
    """The rows of the table of groups, each packed, with nothing yet in the lane of risk."""
    wide = array("I", list(values))
    if sys.byteorder == "big":
        wide.byteswap()
    data, width = wide.tobytes(), len(GROUPS) * wide.itemsize
    middles = packed([_MIDDLE] * len(GROUPS))
    for at in range(0, len(data), width):
        yield (int.from_bytes(data[at : at + width], "little") - middles) << LANE

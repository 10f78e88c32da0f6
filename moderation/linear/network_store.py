"""Reads and writes the file of the network: one gzip member, a header line, words, then bytes.

A shell, like `store.py`. Every number of the tables is one signed byte; their steps are in the
weights of the outputs.
"""

from __future__ import annotations

import gzip
import json
import zlib
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path

from moderation.linear.network import DIMENSIONS, FILTERS, OUTPUTS, PIECES, WIDTH, Tables
from moderation.linear.store import MOST_BYTES, WeightsError

SHIPPED = Path(__file__).parent / "network.gz"
FORMAT = 1


def save(
    path: Path,
    header: Mapping[str, object],
    words: Mapping[str, Sequence[int]],
    pieces: Sequence[Sequence[int]],
    patterns: Sequence[Sequence[Sequence[int]]],
) -> None:
    """Write a file that `load` reads; the same input makes the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    head = json.dumps({**header, "format": FORMAT, "words": len(words)}, sort_keys=True)
    rows = [row for place in patterns for row in place]
    numbers = array("b", [number for row in (*words.values(), *pieces, *rows) for number in row])
    body = "\n".join([head, *words]).encode() + b"\n\n" + numbers.tobytes()
    path.write_bytes(gzip.compress(body, 9, mtime=0))


def load(path: Path = SHIPPED) -> Tables:
    """The tables of a file.

    Raises:
        WeightsError: it cannot be read, or is not a whole file of this format.
    """
    try:
        with gzip.open(path) as file:
            return _tables(file.read(MOST_BYTES))
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path}: no network of format {FORMAT}: {error}") from error


def _tables(body: bytes) -> Tables:
    text, found, values = body.partition(b"\n\n")
    head, *words = text.decode().split("\n")
    header = json.loads(head)
    if header["format"] != FORMAT or not found or len(words) != header["words"]:
        raise ValueError("another format or not whole")
    numbers = array("b", values)
    many = (len(words) + PIECES) * DIMENSIONS
    if len(numbers) != many + WIDTH * DIMENSIONS * FILTERS:
        raise ValueError("the tables are not whole")
    vectors = [numbers[at : at + DIMENSIONS] for at in range(0, many, DIMENSIONS)]
    rows = [numbers[at : at + FILTERS] for at in range(many, len(numbers), FILTERS)]
    outputs = [[float(number) for number in header["outputs"][name]] for name in OUTPUTS]
    biases = [int(number) for number in header["biases"]]
    if len(biases) != FILTERS or any(len(weights) != FILTERS for weights in outputs):
        raise ValueError("a number for each pattern is missing")
    return Tables(
        str(header["version"]),
        dict(zip(words, vectors, strict=False)),
        vectors[len(words) :],
        [rows[at : at + DIMENSIONS] for at in range(0, len(rows), DIMENSIONS)],
        biases,
        outputs,
        [float(header["output_biases"][name]) for name in OUTPUTS],
    )

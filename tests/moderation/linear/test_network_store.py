from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from moderation.linear.network import DIMENSIONS, FILTERS, OUTPUTS, PIECES, WIDTH
from moderation.linear.network_store import SHIPPED, load, save
from moderation.linear.store import WeightsError

HEADER = {
    "version": "small",
    "biases": [1] * FILTERS,
    "outputs": {name: [0.5] * FILTERS for name in OUTPUTS},
    "output_biases": dict.fromkeys(OUTPUTS, -1.0),
}
WORDS = {"é": [-127] * DIMENSIONS, "cat": list(range(DIMENSIONS))}


def _saved(path: Path) -> Path:
    pieces = [[3] * DIMENSIONS] * PIECES
    patterns = [[[at - 1] * FILTERS] * DIMENSIONS for at in range(WIDTH)]
    save(path, HEADER, WORDS, pieces, patterns)
    return path


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    """Every table comes back as it was, negative numbers and any letters included."""
    tables = load(_saved(tmp_path / "n.gz"))
    assert {word: list(row) for word, row in tables.words.items()} == WORDS
    assert len(tables.pieces) == PIECES
    assert list(tables.pieces[-1]) == [3] * DIMENSIONS
    assert [place[0][0] for place in tables.patterns] == [-1, 0, 1]
    assert tables.output_biases == [-1.0] * len(OUTPUTS)


@pytest.mark.parametrize("cut", [0, 10, -1])
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, cut: int) -> None:
    """Half a file is an error that names it, never a network that hears less."""
    path = _saved(tmp_path / "n.gz")
    body = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(body[:cut]))
    with pytest.raises(WeightsError, match=r"n\.gz"):
        load(path)


def test_the_shipped_network_can_be_read() -> None:
    """What is in the repository is whole and no larger than it may be."""
    assert len(load().words) > 10_000
    assert SHIPPED.stat().st_size < 1_000_000

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from moderation.linear.model import GROUPS, packed
from moderation.linear.store import LIMITS, SHIPPED, WeightsError, load, save

HEADER = {
    "version": "small",
    "bias": -1.0,
    "step": 0.5,
    "group_step": 0.25,
    "group_biases": [0.0] * len(GROUPS),
    "groups": GROUPS,
    "limits": dict.fromkeys(LIMITS, 1.0),
}
ROW = bytes(range(124, 124 + len(GROUPS)))
GROUPED = {"=a": ROW, "=b": ROW, "a _ b": ROW}


def _saved(path: Path) -> Path:
    save(path, HEADER, {"=a": 1, "a b": 3, "<é": -127, "a _ b": -4, "a c": 5}, GROUPED)
    return path


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    """Every table comes back as it was, negative numbers and any letters included."""
    weights = load(_saved(tmp_path / "w.gz"))
    row = packed([value - 128 for value in ROW])
    near, far = {"a": {"b": 3, "c": 5}}, {"a": {"b": -4}}
    words, pieces, *pairs = weights.risk
    assert (words, pairs) == ({"a": 1}, [near, far])
    assert [number for _, number in pieces.iter("<é>")] == [-127]
    words, pieces, *pairs = weights.groups
    assert (words, pairs) == ({"a": row, "b": row}, [{}, {"a": {"b": row}}])


def test_the_same_weights_are_the_same_bytes(tmp_path: Path) -> None:
    """Training twice on the same texts changes no file."""
    assert _saved(tmp_path / "1").read_bytes() == _saved(tmp_path / "2").read_bytes()


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_a_broken_file_is_refused(tmp_path: Path, keep: int) -> None:
    """A file cut short names itself."""
    path = _saved(tmp_path / "w.gz")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(WeightsError, match=r"w\.gz"):
        load(path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """Bytes changed on the disk are an error that names the file, as a missing end is."""
    path = _saved(tmp_path / "w.gz")
    body = bytearray(path.read_bytes())
    body[20:40] = bytes(20)
    path.write_bytes(body)
    with pytest.raises(WeightsError, match=r"w\.gz"):
        load(path)


def test_tables_that_are_not_whole_are_refused(tmp_path: Path) -> None:
    """A file that unpacks but lacks a value is not half used."""
    path = _saved(tmp_path / "w.gz")
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))
    with pytest.raises(WeightsError, match="whole"):
        load(path)


def test_the_shipped_weights_are_small_and_ordered() -> None:
    """The file in the repository loads, is under three megabytes, and its limits rise."""
    assert SHIPPED.stat().st_size < 3_000_000
    limits = load().limits
    assert limits["weak"] < limits["queue"] < limits["strong"]

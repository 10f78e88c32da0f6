"""Trains the linear stage, measures it honestly and writes `moderation/linear/weights.gz`.

    make train COMMENTS=COMMENTS.jsonl

That installs the dependency group `train` and writes; without `--write` it only prints. What it
learns from and from where: `linear_records.py`; how: `train_sums.py` and `train_network.py`. Every
figure printed is out of fold: each hand is scored by a model that never saw a message of that
author, and again each family by one that never saw that family; the tenth that nobody tunes on
(`moderation/linear/heldout.py`) is in no training.
A quarter of an hour of processor time, a third less with what was encoded kept (`--kept FILE`).
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import train_network
from linear_records import records, words_read
from linear_report import judges, report
from sklearn.model_selection import GroupKFold
from train_sums import Data, Learnt, features, learn

from moderation.detectors import shipped
from moderation.detectors.linear import Linear, is_aimed, names_it, words_in
from moderation.linear import network_store, store
from moderation.linear.features import slang_of
from moderation.linear.model import Model
from moderation.linear.network import Network
from moderation.pipeline import Judge
from moderation.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDS = 4
"""Hands, or families, are left out a quarter at a time."""
QUEUED, WEAK, AGREES, GATE = 20.0, 250.0, 600.0, 1000.0
"""Comments that reach the limits, per 10,000, counting only those the rules leave alone."""
BENIGN_STRONG, HELD = 0.005, 0.0055
"""Shares of the harmless written messages that are above the limits of strong and of hold."""


def family_folds(data: Data) -> np.ndarray[Any, Any]:
    """A fold for each record so that no family (with its benign twin) is in two."""
    folds = np.zeros(len(data.rows), dtype=int)
    names = [row.family for row in data.rows]
    splits = GroupKFold(FOLDS).split(data.table, groups=names)
    for number, (_, test) in enumerate(splits):
        folds[test] = number
    return folds


@dataclasses.dataclass
class Out:
    """One way of leaving out: the model of each fold, and what it says of the rest."""

    models: list[tuple[Model, Network]]
    fold: np.ndarray[Any, Any]
    plain: np.ndarray[Any, Any]
    risk: np.ndarray[Any, Any]
    hold: np.ndarray[Any, Any]
    urgent: np.ndarray[Any, Any]
    aimed: np.ndarray[Any, Any]
    named: np.ndarray[Any, Any]


NO_LIMITS = dict.fromkeys(store.LIMITS, 0.0)


def others(data: Data, fold: Any) -> list[Any]:
    """For each fold the rows to learn from that are not in it."""
    return [data.usable & (fold != number) for number in range(max(fold) + 1)]


def learnt(data: Data, chosen: list[Any], folder: Path) -> list[tuple[Learnt, Path]]:
    """What is learnt from each choice of rows, and its network's file; each in its own process."""
    paths = [folder / f"{number}.gz" for number in range(len(chosen))]
    with ProcessPoolExecutor(len(paths)) as pool:
        return list(zip(pool.map(_job, repeat(data), chosen, paths), paths, strict=True))


def _job(data: Data, chosen: Any, path: Path) -> Learnt:
    torch.set_num_threads(1)
    targets = np.stack([data.risky, data.hold, data.page], 1)
    train_network.save(train_network.fit(data.texts, targets, data.weight, chosen), path)
    return learn(data, chosen)


def left_out(
    fold: Any,
    found: list[tuple[Learnt, Path]],
    words: list[list[str]],
    slang: dict[str, str],
    holding: Mapping[str, frozenset[str]],
) -> Out:
    """Score every record by the model and the network that saw nothing of its fold."""
    models = [
        (
            Model(one.save(path.with_suffix(".sums"), NO_LIMITS), slang),
            Network(network_store.load(path)),
        )
        for one, path in found
    ]
    scored = []
    for number, text in zip(fold, words, strict=True):
        model, again = models[number]
        sums = model.sums(text)
        scored.append((model.risk(sums), model.groups(sums), again.look(sums.words)))
    plain = np.array([risk for risk, _, _ in scored])
    risk = plain + np.array([again.adds("risk") for _, _, again in scored])
    tables = [table for _, table, _ in scored]
    hold = np.array([table.pop("hold") + again.adds("hold") for _, table, again in scored])
    urgent = np.array([table.pop("urgent") + again.adds("urgent") for _, table, again in scored])
    found_in = [
        (max(table, key=table.__getitem__), table, text)
        for table, text in zip(tables, words, strict=True)
    ]
    aimed = np.array([is_aimed(*one) for one in found_in])
    named = np.array([names_it(group, text, holding) for group, _, text in found_in])
    return Out(models, fold, plain, risk, hold, urgent, aimed, named)


def limits_of(data: Data, out: Out) -> dict[str, float]:
    """Limits by what is disturbed for nothing, all out of fold."""
    written = ~data.comment & ~data.kept_out & ~data.turn
    ordinary = data.comment & data.clean
    plain = np.sort(out.plain[ordinary])[::-1]
    gate = plain[round(GATE * data.comment.sum() / 10_000)]
    out.risk[out.plain < gate] = -np.inf
    quiet = np.sort(out.risk[ordinary])[::-1]
    each = data.comment.sum() / 10_000
    benign = out.risk[written & ~data.risky]
    weak = quiet[round(WEAK * each)]
    queue = quiet[round(QUEUED * each)]
    may = out.aimed & (out.named & (out.risk >= weak) | (out.risk >= queue))
    harmless = np.sort(out.hold[written & ~data.risky & may])[::-1]
    return {
        "gate": float(gate),
        "agrees": float(quiet[round(AGREES * each)]),
        "weak": float(weak),
        "queue": float(queue),
        "strong": float(max(quiet[0], np.quantile(benign, 1 - BENIGN_STRONG))) + 1e-6,
        "hold": float(harmless[round(HELD * (written & ~data.risky).sum())]),
        "urgent": float(out.urgent[ordinary].max()) + 1e-6,
    }


def main() -> None:
    """Train, measure, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("comments", type=Path, metavar="COMMENTS.jsonl")
    parser.add_argument("--write", action="store_true", help="write the shipped weights")
    parser.add_argument("--kept", type=Path, help="a file that keeps what was encoded")
    parser.add_argument("--family", action="store_true", help="leave out families as well")
    chosen = parser.parse_args()
    book = load()
    rules = [detector for detector in shipped(book) if detector.name != Linear.name]
    rows = records(chosen.comments, Judge(book, rules))
    slang = slang_of(book.data["words.toml"])
    words = words_read(rows, slang, book.vocabulary)
    data = features(rows, words, chosen.kept)
    kinds = book.data["holding.toml"]
    holding = {group: words_in(rows_of_words) for group, rows_of_words in kinds.items()}
    hands, families = data.fold % FOLDS, family_folds(data)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        *apart, (whole, path) = learnt(data, [*others(data, hands), data.usable], folder)
        ways = {"hand": left_out(hands, apart, words, slang, holding)}
        limits = limits_of(data, ways["hand"])
        again = Network(network_store.load(path))
        final = whole.save(folder / "whole", limits)
        sizes = path.stat().st_size, (folder / "whole").stat().st_size
        print(f"{len(data.keys)} features, {sizes} bytes, limits {limits}")
        if chosen.write:
            whole.save(store.SHIPPED, limits)
            copyfile(path, network_store.SHIPPED)
        if chosen.family:
            apart = learnt(data, others(data, families), folder)
            ways["family"] = left_out(families, apart, words, slang, holding)
    for name, out in ways.items():
        each = []
        for model, looks in out.models:
            weights = dataclasses.replace(model.weights, limits=limits)
            each.append(judges(book, rules, weights, looks))
        report(name, each, rows, out.fold.tolist())
    kept = [row for row in rows if row.held_out]
    report("held-out tenth", [judges(book, rules, final, again)], kept, None)


if __name__ == "__main__":
    main()

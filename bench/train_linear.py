"""Trains the linear stage, measures it honestly and writes `moderation/linear/weights.gz`.

    make train COMMENTS=COMMENTS.jsonl TALK="--talk TALK.jsonl --counted COUNTED.jsonl"

That installs the dependency group `train` and writes; without `--write` it only prints. What it
learns from and from where: `linear_records.py`; how: `train_sums.py`, and `train_network.py` or,
with `--onward`, `train_onward.py`. Every figure printed is out of fold: each hand is scored by a
model that never saw a message of that author, and again each family by one that never saw that
family; the tenth that nobody tunes on (`moderation/linear/heldout.py`) is in no training. With
`--onward` only talk and new hands are: what the shipped network learnt from the others stays in it.
Limits are set on real talk, out of fold: the comments, other talk that is learnt from (`--talk`),
and talk that nothing may be learnt from (`--counted`).
Half an hour of processor time, a third less with what was encoded kept (`--kept FILE`).
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import torch
import train_network
import train_onward
from linear_records import read, records, talk, words_read
from linear_report import judges, report
from sklearn.model_selection import GroupKFold
from train_sums import Columns, Data, Learnt, features, learn, texts

from moderation.detectors import shipped
from moderation.detectors.linear import Linear, is_aimed, names_it, words_in
from moderation.linear import network_store, store
from moderation.linear.features import slang_of
from moderation.linear.model import Model
from moderation.linear.network import Network
from moderation.pipeline import Judge
from moderation.rulebook import Rulebook, load

Texts = train_network.Texts | train_onward.Frozen
FOLDS = 4
"""Hands, or families, are left out a quarter at a time."""
QUEUED, WEAK, AGREES, GATE = 45.0, 250.0, 600.0, 1400.0
"""Lines of real talk that reach the limits, per 10,000, counting only those rules leave alone."""
STRONG, URGENT = 2.0, 2.0
"""The same; to be urgent, a line must also hold a word of `signs.toml` and be queued."""
HELD = 0.0055
"""Share of the harmless written messages that is above the limit of hold."""
HELD_ONWARD = -0.9
"""The limit of hold with `--onward`: no cry for help is held there that was not held before."""


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
    sign: np.ndarray[Any, Any]


NO_LIMITS = dict.fromkeys(store.LIMITS, 0.0)


def others(data: Data, fold: Any) -> list[Any]:
    """For each fold the rows to learn from that are not in it."""
    return [data.usable & (fold != number) for number in range(max(fold) + 1)]


def learnt(
    data: Data, read_as: Texts, chosen: list[Any], folder: Path
) -> list[tuple[Learnt, Path]]:
    """What is learnt from each choice of rows, and its network's file; each in its own process."""
    paths = [folder / f"{number}.gz" for number in range(len(chosen))]
    with ProcessPoolExecutor(len(paths)) as pool:
        found = pool.map(_job, repeat(data), repeat(read_as), chosen, paths)
        return list(zip(found, paths, strict=True))


def _job(data: Data, read_as: Texts, chosen: Any, path: Path) -> Learnt:
    torch.set_num_threads(1)
    targets = np.stack([data.risky, data.hold, data.page], 1)
    way = train_onward if isinstance(read_as, train_onward.Frozen) else train_network
    way.save(way.fit(read_as, targets, data.weight, chosen), path)
    return learn(data, chosen)


def left_out(
    fold: Any,
    found: list[tuple[Learnt, Path]],
    words: list[list[str]],
    slang: dict[str, str],
    book: Rulebook,
) -> Out:
    """Score every record by the model and the network that saw nothing of its fold."""
    kinds = book.data["holding.toml"]
    holding = {group: words_in(rows_of_words) for group, rows_of_words in kinds.items()}
    signs = words_in(book.data["signs.toml"])
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
    sign = np.array([not signs.isdisjoint(text) for text in words])
    return Out(models, fold, plain, risk, hold, urgent, aimed, named, sign)


def limits_of(data: Columns, out: Out, held: float | None) -> dict[str, float]:
    """Limits by what is disturbed for nothing, out of fold; `held` is that of hold, if known."""
    ordinary, each = data.real & data.clean, data.real.sum() / 10_000
    gate = _reached(out.plain[ordinary], GATE * each)
    out.risk[out.plain < gate] = -np.inf
    quiet = out.risk[ordinary]
    weak, queue = (_reached(quiet, many * each) for many in (WEAK, QUEUED))
    signed = ordinary & out.sign & (out.risk >= queue)
    if held is None:
        harmless = ~data.real & ~data.kept_out & ~data.turn & ~data.risky
        may = out.aimed & (out.named & (out.risk >= weak) | (out.risk >= queue))
        held = _reached(out.hold[harmless & may], HELD * harmless.sum())
    return {
        "gate": gate,
        "agrees": _reached(quiet, AGREES * each),
        "weak": weak,
        "queue": queue,
        "strong": _reached(quiet, STRONG * each),
        "hold": held,
        "urgent": _reached(out.urgent[signed], URGENT * each),
    }


def _reached(scores: Any, many: float) -> float:
    """The score that so many of them are above."""
    return float(np.sort(scores)[::-1][round(many)])


def main() -> None:
    """Train, measure, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("comments", type=Path, metavar="COMMENTS.jsonl")
    for name, what in (("--talk", "to learn from"), ("--counted", "for setting limits only")):
        parser.add_argument(name, type=Path, help=f"other real talk, {what}")
    parser.add_argument("--write", action="store_true", help="write the shipped weights")
    parser.add_argument("--onward", action="store_true", help="go on with the shipped network")
    parser.add_argument("--kept", type=Path, help="a file that keeps what was encoded")
    parser.add_argument("--family", action="store_true", help="leave out families as well")
    chosen = parser.parse_args()
    book = load()
    rules = [detector for detector in shipped(book) if detector.name != Linear.name]
    said, only = (talk(path) if path else [] for path in (chosen.talk, chosen.counted))
    learnt_from = [*records(chosen.comments), *(row for row in said if row.learnt)]
    counted = [*(row for row in said if not row.learnt), *only]
    rows = read([*learnt_from, *counted], Judge(book, rules))
    slang = slang_of(book.data["words.toml"])
    words = words_read(rows, slang, book.vocabulary)
    many, every = len(learnt_from), Columns(rows)
    data = features(rows[:many], words[:many])
    read_as: Texts
    if chosen.onward:
        # The shipped network has read most written messages, so they can set no limit.
        read_as, held = train_onward.Frozen.of(words[:many]), HELD_ONWARD
    else:
        read_as, held = texts(rows[:many], words[:many], chosen.kept), None
    hands = every.fold % FOLDS
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        *apart, (whole, path) = learnt(
            data, read_as, [*others(data, hands[:many]), data.usable], folder
        )
        ways = {"hand": left_out(hands, apart, words, slang, book)}
        limits = limits_of(every, ways["hand"], held)
        again = Network(network_store.load(path))
        final = whole.save(folder / "whole", limits)
        sizes = path.stat().st_size, (folder / "whole").stat().st_size
        print(f"{len(data.keys)} features, {sizes} bytes, limits {limits}")
        if chosen.write:
            whole.save(store.SHIPPED, limits)
            copyfile(path, network_store.SHIPPED)
        if chosen.family:
            families = np.concatenate([family_folds(data), hands[many:]])
            apart = learnt(data, read_as, others(data, families[:many]), folder)
            ways["family"] = left_out(families, apart, words, slang, book)
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

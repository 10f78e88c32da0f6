"""Trains the linear stage, measures it honestly and writes `moderation/linear/weights.gz`.

    PYTHONPATH=. python bench/train_linear.py COMMENTS.jsonl [--write]

Needs the dependency group `train`. What it learns from and from where: `linear_records.py`. A
logistic regression over features scaled by how unevenly they fall (Wang and Manning 2012), so the
result is still one number for each feature. Every figure printed is out of fold: each hand is
scored by a model that never saw a message of that author, and again each family by one that never
saw that family; the tenth that nobody tunes on (`moderation/linear/heldout.py`) is in no training.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from linear_records import COMMENTS, GROUP_OF, TURN, Record, records
from linear_report import judges, report
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from moderation.detectors import shipped
from moderation.detectors.linear import Linear
from moderation.linear import store
from moderation.linear.features import grams_of, own_key, pair_keys, slang_of
from moderation.linear.model import DAMPING, GROUPS, PIECE, WHOLE, Model, Weights
from moderation.pipeline import Judge
from moderation.rulebook import load
from moderation.terms import Attention

if TYPE_CHECKING:
    from collections.abc import Sequence

QUEUE_WEIGHT, COMMENT_WEIGHT = 0.6, 0.6
RISK_C, GROUP_C = 2.0, 10.0
HARMLESS_SPANISH = 1.7
"""Weight of a harmless Spanish message: there are none among the comments."""
FAMILY_FOLDS = 4
SEEN_AT_LEAST, SEEN_FOR_GROUPS = 2, 4
QUEUED, WEAK, AGREES = 60.0, 250.0, 1000.0
"""Comments that reach the limits, per 10,000, counting only those the rules leave alone."""
BENIGN_STRONG = 0.005
STEPS = 127


@dataclasses.dataclass
class Data:
    """Features of every record, one row each, and what is to be learnt."""

    rows: list[Record]
    table: sparse.csr_matrix
    keys: list[str]
    seen: np.ndarray[Any, Any]

    def __post_init__(self) -> None:
        """Keep the columns that training asks for again and again."""
        self.risky = np.array([row.risky for row in self.rows])
        self.page = np.array([row.attention == Attention.PAGE for row in self.rows])
        self.comment = np.array([row.hand == COMMENTS for row in self.rows])
        self.turn = np.array([row.trait == TURN for row in self.rows])
        self.fold = np.array([row.fold for row in self.rows])
        self.group = np.array([GROUP_OF.get(row.category, "") for row in self.rows])
        self.hold = np.array([row.risky and row.delivery == "hold" for row in self.rows])
        self.spanish = np.array([row.lang in ("es", "en-es") for row in self.rows])
        self.clean = np.array([row.rules == Attention.NONE for row in self.rows])
        self.kept_out = np.array([row.held_out for row in self.rows])
        self.usable = ~self.kept_out & (self.clean | ~self.comment)


def counted(words: Sequence[str]) -> Counter[str]:
    """What the model counts in one message."""
    found = Counter(map(own_key, words))
    for word in words:
        found.update(grams_of(word))
    found.update(pair_keys(words))
    return found


def features(rows: list[Record], words: list[list[str]]) -> Data:
    """The table of all records; features seen only once are left out."""
    found = [counted(one) for one in words]
    seen: Counter[str] = Counter()
    for one in found:
        seen.update(one.keys())
    keys = sorted(key for key, times in seen.items() if times >= SEEN_AT_LEAST)
    column = {key: at for at, key in enumerate(keys)}
    at, starts, values = [], [0], []
    for one, text in zip(found, words, strict=True):
        scale = max(1, len(text)) ** -DAMPING
        for key, times in one.items():
            if key in column:
                whole = key[0] == "=" or " " in key
                at.append(column[key])
                values.append(times * scale * (1.0 if whole else PIECE / WHOLE))
        starts.append(len(at))
    shape = (len(rows), len(keys))
    table = sparse.csr_matrix((np.array(values, dtype=np.float32), at, starts), shape=shape)
    return Data(rows, table, keys, np.array([seen[key] for key in keys]))


def _fit(
    table: Any, target: Any, weight: Any, strength: float, *, scaled: bool
) -> tuple[np.ndarray[Any, Any], float]:
    """One weight a feature, and the bias."""
    ratio = np.ones(table.shape[1])
    if scaled:
        there = table > 0
        yes = np.asarray(there[target].sum(0)).ravel() + 1
        no = np.asarray(there[~target].sum(0)).ravel() + 1
        ratio = np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    model = LogisticRegression(C=strength, solver="liblinear", tol=1e-2)
    model.fit((table @ sparse.diags(ratio.astype(np.float32))).tocsr(), target, weight)
    return model.coef_[0] * ratio, float(model.intercept_[0])


def _whole(weights: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], float]:
    """Weights as whole numbers of steps, and the step; the few largest are cut."""
    step = float(np.quantile(np.abs(weights[weights != 0]), 0.9995)) / STEPS
    return np.clip(np.rint(weights / step), -STEPS, STEPS).astype(int), step


def train(data: Data, chosen: Any, path: Path, limits: dict[str, float]) -> Weights:
    """Learn from the chosen rows; written to `path` and read back, as the product does."""
    weight = np.where(data.page, 1.0, np.where(data.risky, QUEUE_WEIGHT, 1.0))
    weight[data.comment] = COMMENT_WEIGHT
    weight[data.spanish & ~data.risky] = HARMLESS_SPANISH
    table = data.table[chosen]
    risk, bias = _fit(table, data.risky[chosen], weight[chosen], RISK_C, scaled=True)
    steps, step = _whole(risk)
    columns = np.flatnonzero(data.seen >= SEEN_FOR_GROUPS)
    risky = chosen & data.risky
    found, biases = [], []
    for name in GROUPS:
        among = chosen if name == "urgent" else chosen & ~data.comment if name == "hold" else risky
        target = {"hold": data.hold, "urgent": data.page}.get(name, data.group == name)
        urgent = name == "urgent"
        coefficients, own = _fit(
            data.table[among][:, columns],
            target[among],
            weight[among] if urgent else None,
            RISK_C if urgent else GROUP_C,
            scaled=urgent,
        )
        found.append(coefficients)
        biases.append(own)
    rows, group_step = _whole(np.array(found).T)
    kept = {data.keys[at]: int(steps[at]) for at in np.flatnonzero(steps)}
    header = {
        "version": hashlib.sha256(steps.tobytes() + rows.tobytes()).hexdigest()[:12],
        "bias": bias,
        "step": step,
        "group_step": group_step,
        "group_biases": biases,
        "groups": GROUPS,
        "limits": limits,
    }
    store.save(
        path,
        header,
        {key: value for key, value in kept.items() if " " not in key},
        {key: value for key, value in kept.items() if " " in key},
        {
            data.keys[columns[at]]: bytes((row + 128).tolist())
            for at, row in enumerate(rows)
            if np.abs(row).max() > 1
        },
    )
    return store.load(path)


def family_folds(data: Data) -> np.ndarray[Any, Any]:
    """A fold for each record so that no family (with its benign twin) is in two."""
    folds = np.zeros(len(data.rows), dtype=int)
    names = [row.family for row in data.rows]
    splits = GroupKFold(FAMILY_FOLDS).split(data.table, groups=names)
    for number, (_, test) in enumerate(splits):
        folds[test] = number
    return folds


@dataclasses.dataclass
class Out:
    """One way of leaving out: the model of each fold, and what it says of the rest."""

    models: list[Model]
    fold: np.ndarray[Any, Any]
    risk: np.ndarray[Any, Any]
    hold: np.ndarray[Any, Any]
    urgent: np.ndarray[Any, Any]
    group: np.ndarray[Any, Any]


NO_LIMITS = dict.fromkeys(store.LIMITS, 0.0)


def left_out(data: Data, fold: Any, words: list[list[str]], slang: dict[str, str]) -> Out:
    """Score every record by a model that saw nothing of its fold."""
    models = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(max(fold) + 1):
            path = Path(folder) / f"{number}.gz"
            weights = train(data, data.usable & (fold != number), path, NO_LIMITS)
            models.append(Model(weights, slang))
    scored = [(models[k], models[k].sums(text)) for k, text in zip(fold, words, strict=True)]
    risk = np.array([model.risk(sums) for model, sums in scored])
    tables = [model.groups(sums) for model, sums in scored]
    hold = np.array([table.pop("hold") for table in tables])
    urgent = np.array([table.pop("urgent") for table in tables])
    group = np.array([max(table, key=table.__getitem__) for table in tables])
    return Out(models, fold, risk, hold, urgent, group)


def limits_of(data: Data, out: Out) -> dict[str, float]:
    """Limits by what is disturbed for nothing, all out of fold."""
    written = ~data.comment & ~data.kept_out & ~data.turn
    quiet = np.sort(out.risk[data.comment & data.clean])[::-1]
    each = data.comment.sum() / 10_000
    benign = out.risk[written & ~data.risky]
    asks = written & data.risky & ~data.hold & (out.risk >= quiet[round(QUEUED * each)])
    asks &= np.isin(out.group, ("exploitation", "harm", "aimed"))
    return {
        "agrees": float(quiet[round(AGREES * each)]),
        "weak": float(quiet[round(WEAK * each)]),
        "queue": float(quiet[round(QUEUED * each)]),
        "strong": float(max(quiet[0], np.quantile(benign, 1 - BENIGN_STRONG))) + 1e-6,
        "hold": float(np.quantile(out.hold[asks], 0.98)),
        "urgent": float(out.urgent[data.comment & data.clean].max()) + 1e-6,
    }


def main() -> None:
    """Train, measure, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("comments", type=Path, metavar="COMMENTS.jsonl")
    parser.add_argument("--write", action="store_true", help="write the shipped weights")
    chosen = parser.parse_args()
    book = load()
    rules = [detector for detector in shipped(book) if detector.name != Linear.name]
    rows = records(chosen.comments, Judge(book, rules))
    slang = slang_of(book.data["words.toml"])
    reader = Model(Weights("", 0, 0, 0, (), {}, {}, {}, NO_LIMITS), slang)
    words = [list(reader.read(row.tokens).words) for row in rows]
    data = features(rows, words)
    by_hand = left_out(data, data.fold, words, slang)
    limits = limits_of(data, by_hand)
    by_family = left_out(data, family_folds(data), words, slang)
    with tempfile.TemporaryDirectory() as folder:
        path = store.SHIPPED if chosen.write else Path(folder) / "all.gz"
        final = Model(train(data, data.usable, path, limits), slang)
        print(f"{len(data.keys)} features, {path.stat().st_size} bytes, limits {limits}")
    for name, out in (("hand", by_hand), ("family", by_family)):
        ways = []
        for model in out.models:
            weights = dataclasses.replace(model.weights, limits=limits)
            ways.append(judges(book, rules, Model(weights, slang)))
        report(name, ways, rows, out.fold.tolist())
    kept = [row for row in rows if row.held_out]
    report("held-out tenth", [judges(book, rules, final)], kept, None)


if __name__ == "__main__":
    main()

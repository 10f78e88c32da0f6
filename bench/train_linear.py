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
import train_network
from linear_records import COMMENTS, GROUP_OF, TURN, Record, records
from linear_report import judges, report
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from moderation.detectors import shipped
from moderation.detectors.linear import Linear, may_hold, words_in
from moderation.linear import network_store, store
from moderation.linear.features import grams_of, own_key, pair_keys, slang_of
from moderation.linear.model import DAMPING, GROUPS, PIECE, WHOLE, Model, Weights
from moderation.linear.network import Network
from moderation.pipeline import Judge
from moderation.rulebook import load
from moderation.terms import Attention

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

QUEUE_WEIGHT, COMMENT_WEIGHT = 0.6, 0.6
RISK_C, GROUP_C = 2.0, 10.0
HARMLESS_SPANISH = 1.7
"""Weight of a harmless Spanish message: there are none among the comments."""
FOLDS = 4
"""Hands, or families, are left out a quarter at a time."""
SEEN_AT_LEAST, SEEN_FOR_GROUPS = 2, 4
QUEUED, WEAK, AGREES, GATE = 35.0, 250.0, 1000.0, 2000.0
"""Comments that reach the limits, per 10,000, counting only those the rules leave alone."""
BENIGN_STRONG, HELD = 0.005, 0.006
"""Shares of the harmless written messages that are above the limits of strong and of hold."""
URGENT = 1
"""Ordinary comments that may be urgent: one, which asks why it is not left in a locked garage."""
STEPS = 127


@dataclasses.dataclass
class Data:
    """Features of every record, one row each, and what is to be learnt."""

    rows: list[Record]
    texts: train_network.Texts
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
        self.weight = np.where(self.page, 1.0, np.where(self.risky, QUEUE_WEIGHT, 1.0))
        self.weight[self.comment] = COMMENT_WEIGHT
        self.weight[self.spanish & ~self.risky] = HARMLESS_SPANISH


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
    return Data(
        rows, train_network.Texts(words), table, keys, np.array([seen[key] for key in keys])
    )


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
    weight, table = data.weight, data.table[chosen]
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
    may: np.ndarray[Any, Any]


NO_LIMITS = dict.fromkeys(store.LIMITS, 0.0)


def left_out(
    data: Data,
    fold: Any,
    words: list[list[str]],
    slang: dict[str, str],
    holding: Mapping[str, frozenset[str]],
) -> Out:
    """Score every record by a model and a network that saw nothing of its fold."""
    models = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(max(fold) + 1):
            path = Path(folder) / f"{number}.gz"
            chosen = data.usable & (fold != number)
            weights = train(data, chosen, path, NO_LIMITS)
            models.append((Model(weights, slang), network(data, chosen, path)))
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
    may = np.array(
        [
            may_hold(max(table, key=table.__getitem__), table, text, holding)
            for table, text in zip(tables, words, strict=True)
        ]
    )
    return Out(models, fold, plain, risk, hold, urgent, may)


def network(data: Data, chosen: Any, path: Path) -> Network:
    """Learn the network from the chosen rows; written to `path` and read back."""
    targets = np.stack([data.risky, data.hold, data.page], 1)
    train_network.save(train_network.fit(data.texts, targets, data.weight, chosen), path)
    return Network(network_store.load(path))


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
    may = out.may & (out.risk >= weak)
    harmless = np.sort(out.hold[written & ~data.risky & may])[::-1]
    return {
        "gate": float(gate),
        "agrees": float(quiet[round(AGREES * each)]),
        "weak": float(weak),
        "queue": float(quiet[round(QUEUED * each)]),
        "strong": float(max(quiet[0], np.quantile(benign, 1 - BENIGN_STRONG))) + 1e-6,
        "hold": float(harmless[round(HELD * (written & ~data.risky).sum())]),
        "urgent": float(np.sort(out.urgent[ordinary])[-1 - URGENT]) + 1e-6,
    }


def main() -> None:
    """Train, measure, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("comments", type=Path, metavar="COMMENTS.jsonl")
    parser.add_argument("--write", action="store_true", help="write the shipped weights")
    parser.add_argument("--family", action="store_true", help="leave out families as well")
    chosen = parser.parse_args()
    book = load()
    rules = [detector for detector in shipped(book) if detector.name != Linear.name]
    rows = records(chosen.comments, Judge(book, rules))
    slang = slang_of(book.data["words.toml"])
    reader = Model(Weights("", 0, 0, 0, (), {}, {}, {}, NO_LIMITS), slang)
    words = [list(reader.read(row.tokens).words) for row in rows]
    data = features(rows, words)
    kinds = book.data["holding.toml"]
    holding = {group: words_in(rows_of_words) for group, rows_of_words in kinds.items()}
    ways = {"hand": left_out(data, data.fold % FOLDS, words, slang, holding)}
    limits = limits_of(data, ways["hand"])
    if chosen.family:
        ways["family"] = left_out(data, family_folds(data), words, slang, holding)
    with tempfile.TemporaryDirectory() as folder:
        shipped_to = (store.SHIPPED, network_store.SHIPPED)
        path, other = shipped_to if chosen.write else (Path(folder) / "a", Path(folder) / "b")
        final = Model(train(data, data.usable, path, limits), slang)
        again = network(data, data.usable, other)
        sizes = path.stat().st_size, other.stat().st_size
        print(f"{len(data.keys)} features, {sizes} bytes, limits {limits}")
    for name, out in ways.items():
        each = []
        for model, looks in out.models:
            weights = dataclasses.replace(model.weights, limits=limits)
            each.append(judges(book, rules, Model(weights, slang), looks))
        report(name, each, rows, out.fold.tolist())
    kept = [row for row in rows if row.held_out]
    report("held-out tenth", [judges(book, rules, final, again)], kept, None)


if __name__ == "__main__":
    main()

"""Trains the plain score (`moderation/linear/model.py`); used by `train_linear.py`.

A logistic regression over features scaled by how unevenly they fall (Wang and Manning 2012), so the
result is still one number for each feature.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import train_network
from linear_records import COMMENTS, GROUP_OF, TALK, TURN, Record
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from moderation.linear import store
from moderation.linear.features import grams_of, own_key, pair_keys
from moderation.linear.model import DAMPING, GROUPS, PIECE, WHOLE, Weights
from moderation.terms import Attention

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

QUEUE_WEIGHT, COMMENT_WEIGHT, TALK_WEIGHT = 0.6, 1.5, 1.0
RISK_C, GROUP_C = 2.0, 10.0
HARMLESS_SPANISH = 1.7
"""Weight of a harmless Spanish message: there are none among the comments."""
SEEN_AT_LEAST, SEEN_FOR_GROUPS = 2, 4
STEPS = 127


@dataclasses.dataclass
class Columns:
    """What is to be learnt from every record, and what each of them counts."""

    rows: list[Record]

    def __post_init__(self) -> None:
        """Keep the columns that training asks for again and again."""
        self.risky = np.array([row.risky for row in self.rows])
        self.page = np.array([row.attention == Attention.PAGE for row in self.rows])
        self.comment = np.array([row.hand == COMMENTS for row in self.rows])
        self.real = np.array([row.hand in (COMMENTS, TALK) for row in self.rows])
        self.turn = np.array([row.trait == TURN for row in self.rows])
        self.fold = np.array([row.fold for row in self.rows])
        self.group = np.array([GROUP_OF.get(row.category, "") for row in self.rows])
        self.hold = np.array([row.risky and row.delivery == "hold" for row in self.rows])
        self.spanish = np.array([row.lang in ("es", "en-es") for row in self.rows])
        self.clean = np.array([row.rules == Attention.NONE for row in self.rows])
        self.kept_out = np.array([row.held_out for row in self.rows])
        self.usable = ~self.kept_out & (self.clean | ~self.real)
        self.weight = np.where(self.page, 1.0, np.where(self.risky, QUEUE_WEIGHT, 1.0))
        self.weight[self.real] = TALK_WEIGHT
        self.weight[self.comment] = COMMENT_WEIGHT
        self.weight[self.spanish & ~self.risky] = HARMLESS_SPANISH


@dataclasses.dataclass
class Data(Columns):
    """The same, with the features of every record, one row each."""

    table: sparse.csr_matrix
    keys: list[str]
    seen: np.ndarray[Any, Any]


def counted(words: Sequence[str]) -> Counter[str]:
    """What the model counts in one message."""
    found = Counter(map(own_key, words))
    for word in words:
        found.update(grams_of(word))
    found.update(pair_keys(words))
    return found


def features(rows: list[Record], words: list[list[str]]) -> Data:
    """The table of all records; features seen only once, or only in other talk, are left out."""
    found = [counted(one) for one in words]
    seen: Counter[str] = Counter()
    for row, one in zip(rows, found, strict=True):
        if row.hand != TALK:
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


def texts(rows: list[Record], words: list[list[str]], kept: Path | None) -> train_network.Texts:
    """The same for the network; a file keeps what was encoded."""
    hands = [f"{row.fold} {row.lang}" for row in rows]
    own = [row.hand != TALK for row in rows]
    often = np.array([_often(row) for row in rows])
    return train_network.Texts(words, often, hands, own, kept)


def _often(row: Record) -> float:
    """How often others are made from a text: least of all from real talk, which is plenty."""
    if row.held_out:
        return 0.0
    if row.risky:
        return 3.0 if row.attention == Attention.PAGE else 2.0
    return {COMMENTS: 0.7, TALK: 0.3}.get(row.hand, 1.0)


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


@dataclasses.dataclass
class Learnt:
    """What `store.save` writes, less the limits."""

    header: dict[str, Any]
    risk: dict[str, int]
    groups: dict[str, bytes]

    def save(self, path: Path, limits: dict[str, float]) -> Weights:
        """Write it and read it back, as the product does."""
        header = {**self.header, "limits": limits}
        store.save(path, header, self.risk, self.groups)
        return store.load(path)


def learn(data: Data, chosen: Any) -> Learnt:
    """Learn from the chosen rows."""
    weight, table = data.weight, data.table[chosen]
    risk, bias = _fit(table, data.risky[chosen], weight[chosen], RISK_C, scaled=True)
    steps, step = _whole(risk)
    columns = np.flatnonzero(data.seen >= SEEN_FOR_GROUPS)
    risky = chosen & data.risky
    found, biases = [], []
    for name in GROUPS:
        among = chosen if name == "urgent" else chosen & ~data.real if name == "hold" else risky
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
    risks = {data.keys[at]: int(steps[at]) for at in np.flatnonzero(steps)}
    header = {
        "version": hashlib.sha256(steps.tobytes() + rows.tobytes()).hexdigest()[:12],
        "bias": bias,
        "step": step,
        "group_step": group_step,
        "group_biases": biases,
        "groups": GROUPS,
    }
    return Learnt(
        header,
        risks,
        {
            data.keys[columns[at]]: bytes((row + store.MIDDLE).tolist())
            for at, row in enumerate(rows)
            if np.abs(row).max() > 1
        },
    )

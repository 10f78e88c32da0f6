"""Goes on with the shipped network instead of training one anew; used by `train_linear.py`.

What words mean (their vectors, and those of their pieces) stays as an encoder once taught it. Only
the patterns over three words and what is made of them go on learning, from every text there is now:
so it takes two minutes and not twenty, and nothing is learnt by heart about a word.
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from train_network import BATCH, HIDDEN_LEFT_OUT, LEFT_OUT, STEPS, TASKS, batches

from moderation.linear import network_store
from moderation.linear.network import FILTERS, MOST_WORDS, OUTPUTS, WIDTH, pieces_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EPOCHS, RATE = 3, 1e-3


@dataclasses.dataclass
class Frozen:
    """Every text as numbers of words; row 0 of the vectors stands for no word."""

    tables: network_store.Tables
    vectors: torch.Tensor
    rows: np.ndarray[Any, Any]
    lengths: np.ndarray[Any, Any]

    @staticmethod
    def of(words: Sequence[Sequence[str]]) -> Frozen:
        """The texts with these words, as the shipped network reads them."""
        tables = network_store.load()
        pieces = np.array(tables.pieces, dtype=np.float32)
        half = MOST_WORDS // 2
        cut = [t if len(t) <= MOST_WORDS else [*t[:half], *t[-half:]] for t in words]
        at = {word: number for number, word in enumerate({w: 0 for t in cut for w in t}, 1)}
        vectors = np.zeros((len(at) + 1, pieces.shape[1]), dtype=np.float32)
        for word, number in at.items():
            known = tables.words.get(word)
            vectors[number] = pieces[pieces_of(word)].mean(0) if known is None else known
        lengths = np.array([len(text) for text in cut])
        rows = np.zeros((len(cut), MOST_WORDS), dtype=np.int64)
        for row, text in zip(rows, cut, strict=True):
            row[: len(text)] = [at[word] for word in text]
        return Frozen(tables, torch.tensor(vectors) / STEPS, rows, lengths)

    def words(self, batch: Any) -> torch.Tensor:
        """The words of a batch, as many columns as its longest text has."""
        return torch.tensor(self.rows[batch, : max(WIDTH, self.lengths[batch].max())])


class Onward(nn.Module):
    """The patterns of the shipped network, and its outputs."""

    def __init__(self, texts: Frozen) -> None:
        super().__init__()
        self.tables = tables = texts.tables
        self.vectors = texts.vectors
        weights = torch.tensor(np.array(tables.patterns), dtype=torch.float32).permute(2, 1, 0)
        self.patterns = nn.Conv1d(weights.shape[1], FILTERS, WIDTH, padding=WIDTH // 2)
        self.outputs = nn.Linear(FILTERS, len(OUTPUTS))
        with torch.no_grad():
            self.patterns.weight.copy_(weights / STEPS)
            self.patterns.bias.copy_(torch.tensor(tables.biases) / STEPS**2)
            self.outputs.weight.copy_(torch.tensor(tables.outputs) * STEPS**2)
            self.outputs.bias.copy_(torch.tensor(tables.output_biases))

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        """One number for each of `OUTPUTS`."""
        found = functional.dropout(self.vectors[words], LEFT_OUT, self.training).transpose(1, 2)
        hidden = functional.relu(self.patterns(found))
        hidden = hidden.masked_fill((words == 0).unsqueeze(1), 0).amax(2)
        hidden = functional.dropout(hidden, HIDDEN_LEFT_OUT, self.training)
        said: torch.Tensor = self.outputs(hidden)
        return said


def fit(texts: Frozen, targets: Any, weight: Any, chosen: Any) -> Onward:
    """Go on learning `targets` (a column for each of `OUTPUTS`) from the chosen texts."""
    torch.manual_seed(1)
    net = Onward(texts)
    wanted, counts = (torch.tensor(of.astype(np.float32)) for of in (targets, weight))
    tasks, steps = torch.tensor(TASKS), EPOCHS * (int(chosen.sum()) // BATCH + 16)
    teacher = torch.optim.Adam(net.parameters(), lr=RATE)
    plan = torch.optim.lr_scheduler.LinearLR(teacher, 1.0, 0.01, steps)
    for epoch in range(EPOCHS):
        for batch in batches(texts.lengths, chosen, BATCH, np.random.default_rng(epoch)):
            wrong = functional.binary_cross_entropy_with_logits(
                net(texts.words(batch)), wanted[batch], reduction="none"
            )
            teacher.zero_grad()
            ((wrong * tasks).sum(1) * counts[batch]).mean().backward()
            teacher.step()
            plan.step()
    return net.eval()


def save(net: Onward, path: Path) -> None:
    """Write what the product reads: the patterns in whole numbers of steps."""
    with torch.no_grad():
        patterns = net.patterns.weight.permute(2, 1, 0)
        turn = float(patterns.abs().max()) / STEPS
        whole = (patterns / turn).round().clamp(-STEPS, STEPS).to(torch.int8).numpy()
        outputs = net.outputs.weight.double() * turn / STEPS
        biases = (net.patterns.bias * STEPS / turn).round().int().tolist()
    header = {
        "version": hashlib.sha256(whole.tobytes()).hexdigest()[:12],
        "biases": biases,
        "outputs": {name: row.tolist() for name, row in zip(OUTPUTS, outputs, strict=True)},
        "output_biases": dict(zip(OUTPUTS, net.outputs.bias.tolist(), strict=True)),
    }
    tables = net.tables
    network_store.save(path, header, tables.words, tables.pieces, whole.tolist())

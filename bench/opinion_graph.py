"""A sentence encoder with a layer on top, written as an ONNX model; used by `train_opinion.py`.

Its input are the words of one message, its output how sure it is that somebody should look, at the
place of the category it takes the danger for. Every product of matrices is one of bytes, so that
the file is a quarter as large and an answer takes a millisecond or two.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from encoder import HEADS, SIZE
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from moderation.scorers.onnx_child import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MOST_PIECES = 64
"""Pieces of a message that are looked at."""


class Vocabulary(NamedTuple):
    """The words it knows, and the pieces of each: rows of `vectors`, 0 for none.

    A word that is not among `words` has the pieces of the last row.
    """

    words: Sequence[str]
    pieces: Any
    vectors: Any


class _Graph:
    """Nodes and numbers, each named as it is made."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.numbers: list[Any] = []

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def number(self, values: Any) -> str:
        name = f"number_{len(self.numbers)}"
        self.numbers.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def linear(self, rows: str, weight: Any, bias: Any) -> str:
        product = self.add("MatMul", rows, self.number(np.ascontiguousarray(weight.T)))
        return self.add("Add", product, self.number(bias))

    def norm(self, rows: str, weights: Mapping[str, Any], name: str) -> str:
        scale, bias = (self.number(weights[f"{name}.{of}"]) for of in ("weight", "bias"))
        return self.add("LayerNormalization", rows, scale, bias, axis=-1, epsilon=1e-12)


def write(
    path: Path,
    vocabulary: Vocabulary,
    weights: Mapping[str, Any],
    layers: int,
    categories: Sequence[str],
) -> None:
    """Write the model; `weights` are those of `encoder.Encoder`, and of `risk` and `group`."""
    graph = _Graph()
    rows = graph.norm(_vectors(graph, vocabulary, weights["places"]), weights, "norm")
    for number in range(layers):
        part = f"layers.{number}."
        own = {name.removeprefix(part): of for name, of in weights.items() if name.startswith(part)}
        rows = _layer(graph, rows, own)
    whole = graph.add("ReduceMean", rows, graph.number([0]), keepdims=0)
    risk, group = (
        graph.linear(whole, weights[f"{name}.weight"], weights[f"{name}.bias"])
        for name in ("risk", "group")
    )
    among = graph.add("Softmax", group)
    most = graph.add("ReduceMax", among, keepdims=1)
    graph.add("Mul", graph.add("Sigmoid", risk), graph.add("Div", among, most))
    graph.nodes[-1].output[0] = "scores"
    given = helper.make_tensor_value_info(WORDS, TensorProto.STRING, ["words"])
    answer = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [len(categories)])
    made = helper.make_graph(graph.nodes, "opinion", [given], [answer], graph.numbers)
    versions = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(made, opset_imports=versions, ir_version=9)
    helper.set_model_props(model, {"categories": ",".join(categories)})
    quantize_dynamic(model, path, per_channel=True, weight_type=QuantType.QInt8)


def _vectors(graph: _Graph, vocabulary: Vocabulary, places: Any) -> str:
    """The vectors of the message's pieces, each with that of its place."""
    word = graph.add(
        "LabelEncoder",
        WORDS,
        domain="ai.onnx.ml",
        keys_strings=list(vocabulary.words),
        values_int64s=list(range(len(vocabulary.words))),
        default_int64=len(vocabulary.words),
    )
    pieces = graph.add("Gather", graph.number(vocabulary.pieces.astype(np.int64)), word)
    flat = graph.add("Reshape", pieces, graph.number([-1]))
    there = graph.add("Greater", flat, graph.number(np.int64(0)))
    found = graph.add("Compress", flat, there)
    few = graph.add("Slice", found, *(graph.number([at]) for at in (0, MOST_PIECES)))
    long = graph.add("Shape", few)
    near = graph.add("Slice", graph.number(places[:MOST_PIECES]), graph.number([0]), long)
    return graph.add("Add", graph.add("Gather", graph.number(vocabulary.vectors), few), near)


def _layer(graph: _Graph, rows: str, own: Mapping[str, Any]) -> str:
    asked = graph.linear(rows, own["self_attn.in_proj_weight"], own["self_attn.in_proj_bias"])
    heads = graph.add("Reshape", asked, graph.number([-1, 3, HEADS, SIZE // HEADS]))
    turned = graph.add("Transpose", heads, perm=[1, 2, 0, 3])
    query, key, value = (
        graph.add("Gather", turned, graph.number(np.int64(which))) for which in range(3)
    )
    like = graph.add("MatMul", query, graph.add("Transpose", key, perm=[0, 2, 1]))
    scaled = graph.add("Mul", like, graph.number(np.float32(1 / math.sqrt(SIZE // HEADS))))
    seen = graph.add("MatMul", graph.add("Softmax", scaled), value)
    joined = graph.add(
        "Reshape", graph.add("Transpose", seen, perm=[1, 0, 2]), graph.number([-1, SIZE])
    )
    out = graph.linear(joined, own["self_attn.out_proj.weight"], own["self_attn.out_proj.bias"])
    rows = graph.norm(graph.add("Add", rows, out), own, "norm1")
    inner = graph.add("Gelu", graph.linear(rows, own["linear1.weight"], own["linear1.bias"]))
    out = graph.linear(inner, own["linear2.weight"], own["linear2.bias"])
    return graph.norm(graph.add("Add", rows, out), own, "norm2")

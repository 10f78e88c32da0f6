"""Small real ONNX models, made by the tests that run them: honest, lying, hanging, broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onnx import TensorProto, helper, save

TEXT, FLOAT = TensorProto.STRING, TensorProto.FLOAT


def _saved(
    path: Path, nodes: list[Any], made: list[Any], categories: str, kind: int = TEXT
) -> Path:
    given = helper.make_tensor_value_info("text", kind, [1])
    answer = helper.make_tensor_value_info("scores", FLOAT, None)
    graph = helper.make_graph(nodes, "scorer", [given], [answer], made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    helper.set_model_props(model, {"categories": categories} if categories else {})
    save(model, str(path))
    return path


def hears(path: Path, word: str, score: float = 0.95) -> Path:
    """A model that scores messages with that word in them for suicide, and bullying always 0.1."""
    nodes = [
        helper.make_node("RegexFullMatch", ["text"], ["has"], pattern=f"(?s).*{word}.*"),
        helper.make_node("Cast", ["has"], ["one"], to=FLOAT),
        helper.make_node("Mul", ["one", "weight"], ["heard"]),
        helper.make_node("Concat", ["heard", "rest"], ["scores"], axis=0),
    ]
    made = [
        helper.make_tensor("weight", FLOAT, [1], [score]),
        helper.make_tensor("rest", FLOAT, [1], [0.1]),
    ]
    return _saved(path, nodes, made, "suicide, bullying")


def knows(path: Path, word: str) -> Path:
    """A model that is given the words of a message, and is sure when that one is among them."""
    look = helper.make_node(
        "LabelEncoder",
        ["words"],
        ["each"],
        domain="ai.onnx.ml",
        keys_strings=[word],
        values_floats=[1.0],
        default_float=0.0,
    )
    given = helper.make_tensor_value_info("words", TEXT, ["many"])
    answer = helper.make_tensor_value_info("scores", FLOAT, [1])
    most = helper.make_node("ReduceMax", ["each"], ["scores"], keepdims=1)
    graph = helper.make_graph([look, most], "scorer", [given], [answer])
    versions = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=9)
    helper.set_model_props(model, {"categories": "suicide"})
    save(model, str(path))
    return path


def answers(path: Path, values: list[float], categories: str = "suicide") -> Path:
    """A model that answers these numbers, whatever it is asked."""
    nodes = [
        helper.make_node("RegexFullMatch", ["text"], ["has"], pattern=".*"),
        helper.make_node("Cast", ["has"], ["one"], to=FLOAT),
        helper.make_node("Mul", ["one", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "values"], ["scores"]),
    ]
    made = [
        helper.make_tensor("zero", FLOAT, [1], [0.0]),
        helper.make_tensor("values", FLOAT, [len(values)], values),
    ]
    return _saved(path, nodes, made, categories)


def hangs(path: Path) -> Path:
    """A model that loads like any other and then counts for ever."""
    number = helper.make_tensor_value_info
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Identity", ["held"], ["held_on"]),
        ],
        "turn",
        [
            number("turns", TensorProto.INT64, []),
            number("go", TensorProto.BOOL, []),
            number("held", FLOAT, [1]),
        ],
        [number("go_on", TensorProto.BOOL, []), number("held_on", FLOAT, [1])],
    )
    nodes = [
        helper.make_node("RegexFullMatch", ["text"], ["has"], pattern="(?s).*"),
        helper.make_node("Cast", ["has"], ["one"], to=FLOAT),
        helper.make_node("Loop", ["most", "yes", "one"], ["scores"], body=body),
    ]
    made = [
        helper.make_tensor("most", TensorProto.INT64, [], [2**62]),
        helper.make_tensor("yes", TensorProto.BOOL, [], [True]),
    ]
    return _saved(path, nodes, made, "suicide")


def wants_numbers(path: Path) -> Path:
    """A model whose input is no text."""
    nodes = [helper.make_node("Identity", ["text"], ["scores"])]
    return _saved(path, nodes, [], "suicide", FLOAT)

"""The process in which an ONNX model runs; started by `onnx.py`, never imported by the server.

    python -m moderation.scorers.onnx_child MODEL.onnx

The model has one input, a tensor of one string: the message. One whose input is called `words` gets
a row of strings instead, as many as there are: the words of the message as the trained score reads
them (`moderation/linear/features.py`), look-alike letters undone and abbreviations written out. Its
first output holds as many floats as the `categories` of its metadata name (`suicide,bullying`),
from 0 to 1. Each line that comes in is a JSON string; each that goes out `{"scores": {…}}`, or
`{"error": …}`, after which the process ends.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from moderation.linear.features import slang_of, words_of
from moderation.text import read

NICE = 10
"""How far behind the server the model stands when both want the processor."""

WORDS = "words"
"""What an input is called that gets the words of a message one by one."""

_SLANG = Path(__file__).parents[1] / "lexicon" / "words.toml"

Run = Callable[[str], dict[str, float]]


def loaded(path: str) -> Run:
    """The model as a function of one text.

    Raises:
        Exception: whatever keeps it from being used.
    """
    import numpy as np  # noqa: PLC0415 - only this process needs them
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    if given.type != "tensor(string)":
        raise ValueError("its input is not text")
    named = session.get_modelmeta().custom_metadata_map.get("categories", "")
    categories = [name.strip() for name in named.split(",") if name.strip()]
    if not categories:
        raise ValueError("its metadata names no categories")
    by_word = given.name == WORDS
    shape = [-1 if by_word else 1] * max(1, len(given.shape))
    strings = words() if by_word else lambda text: [text]

    def run(text: str) -> dict[str, float]:
        row = strings(text)
        if not row:
            return {}
        fed = np.array(row, dtype=object).reshape(shape)
        (first, *_) = session.run(None, {given.name: fed})
        values: list[Any] = np.asarray(first, dtype=float).ravel().tolist()
        return dict(zip(categories, values, strict=True))

    return run


def words() -> Callable[[str], list[str]]:
    """What makes words of a message."""
    slang = slang_of(tomllib.loads(_SLANG.read_text(encoding="utf-8")))

    def of(text: str) -> list[str]:
        tokens = read(text).views[0].tokens
        return [word for token in tokens for word in words_of(token, slang)]

    return of


def serve(run: Run, lines: BinaryIO, answers: BinaryIO) -> None:
    """Answer every line until there are none."""
    for line in lines:
        text = json.loads(line).encode("utf-8", "replace").decode()
        _say(answers, {"scores": run(text)})


def _say(answers: BinaryIO, answer: object) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def main(path: str) -> int:
    """Load the model, say so, and answer."""
    os.nice(NICE)
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever a library prints must not look like an answer
        try:
            run = loaded(path)
        except Exception as error:  # noqa: BLE001 - told to whoever configured the model
            _say(answers, {"error": str(error)[:500]})
            return 1
        _say(answers, {"ready": True})
        try:
            serve(run, sys.stdin.buffer, answers)
        except Exception as error:  # noqa: BLE001 - its message could quote the text
            _say(answers, {"error": type(error).__name__})
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

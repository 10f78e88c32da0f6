"""A scorer that is an ONNX model in a file, run in a process of its own (`onnx_child.py`).

A model may hang in native code, take all memory or crash; none of that may touch the server, so it
gets a process that is ended whenever an answer is late or wrong. Text goes in over a pipe, scores
come back over another, and what the process prints is thrown away: it could quote a message.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from moderation.scorers import ScorerError, scores_of
from moderation.terms import Category

MOST_BYTES = 64 * 1024
"""Longest answer in bytes; a model answers one number for each category."""

_ROOT = Path(__file__).parents[2]


class OnnxScorer:
    """Runs one model; `metadata` of the model names the categories of its output."""

    def __init__(self, model: Path) -> None:
        self._model = model.resolve()
        self._child: asyncio.subprocess.Process | None = None

    async def prepare(self) -> None:
        """Start the process and wait until the model is loaded."""
        await self.close()
        try:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "moderation.scorers.onnx_child",
                str(self._model),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd=_ROOT,
                env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
                limit=MOST_BYTES,
            )
            ready = await self._line()
        except OSError as error:
            await self.close()
            raise ScorerError("the model's process cannot be started") from error
        except BaseException:  # also when cancelled: half a start is none
            await self.close()
            raise
        if ready != {"ready": True}:
            await self.close()
            raise ScorerError(f"the model cannot be used: {ready.get('error', 'no reason given')}")

    async def score(self, text: str) -> Mapping[Category, float]:
        """The scores of one message; the process ends when it is late or wrong."""
        if self._child is None or self._child.stdin is None:
            raise ScorerError("the model is not loaded")
        try:
            self._child.stdin.write(json.dumps(text).encode() + b"\n")
            await self._child.stdin.drain()
            return scores_of((await self._line()).get("scores"))
        except OSError as error:
            await self.close()
            raise ScorerError("the model's process is gone") from error
        except BaseException:  # also when cancelled: its answer would come too late
            await self.close()
            raise

    async def _line(self) -> dict[str, object]:
        assert self._child is not None
        assert self._child.stdout is not None
        try:
            line = await self._child.stdout.readline()
            answer = json.loads(line)
        except ValueError as error:
            raise ScorerError("the model's process answered nonsense, or died") from error
        if not isinstance(answer, dict):
            raise ScorerError("the model's process answered nonsense")
        return answer

    async def close(self) -> None:
        """End the process at once; it holds nothing worth keeping."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        if child.stdin is not None:
            child.stdin.close()
        await asyncio.shield(child.wait())

"""One judge for all tests of judging: loading it takes a few hundred milliseconds."""

from __future__ import annotations

import functools

from moderation.pipeline import Judge


@functools.cache
def shared_judge() -> Judge:
    """The judge with the shipped rules."""
    return Judge.load()

"""Processes to be killed, forked from one that has loaded what they need: that takes a second."""

from __future__ import annotations

import multiprocessing

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["house", "tests.moderation.records.crash_child"])

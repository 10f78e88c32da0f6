"""A process that pages is killed in the middle of a page; no page may be lost (F22)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.faults.progress import Progress

CRASHES = int(os.environ.get("PEERLINE_TEST_PAGES", "8"))
ROOT = Path(__file__).parents[2]


def test_F22_a_page_whose_sender_is_killed_arrives_once_or_twice(progress: Progress) -> None:
    """Killed before, during and after the call, and after that was kept: none is lost."""
    command = [sys.executable, "-m", "tests.faults.crash_pages", "--times", str(CRASHES)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.fullmatch(
        rf"{CRASHES} crashes, {2 * CRASHES} pages: 0 lost, (\d+) arrived twice, "
        r"none more than [12] times\n",
        run.stdout,
    )
    assert found, run.stdout + run.stderr
    assert run.returncode == 0
    pages = {"pages": 2 * CRASHES, "lost": 0, "twice": int(found[1]), "more_often": 0}
    progress(CRASHES, CRASHES, "kills around a provider's call", **pages)

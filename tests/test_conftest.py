"""What `conftest.py` does for every run: a skipped test, and one that waits for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RULES = Path(__file__).with_name("conftest.py")

SOME = '''
import pytest

def test_that_runs():
    """One is one."""

@pytest.mark.skipif(SKIPPED, reason="there is no moon")
def test_that_needs_the_moon():
    """The moon is up."""
'''

WAITING = '''
import asyncio

async def test_that_waits():
    """It never comes."""
    await asyncio.Event().wait()

async def test_behind_it():
    """One is one."""
'''


def _run(folder: Path, *, ci: str, some: str, longest: str = "240.0") -> tuple[int, str]:
    rules = RULES.read_text()
    assert "LONGEST = 240.0" in rules
    (folder / "conftest.py").write_text(rules.replace("LONGEST = 240.0", f"LONGEST = {longest}"))
    (folder / "test_some.py").write_text(some)
    alone = ("-q", "-p", "no:cacheprovider", "-c", os.devnull, "-o", "asyncio_mode=auto")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *alone, "."],
        cwd=folder,
        env={**os.environ, "CI": ci, "PYTEST_ADDOPTS": "", "PYTHONPATH": str(RULES.parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


@pytest.mark.parametrize(
    ("ci", "skipped", "status"), [("true", True, 1), ("true", False, 0), ("", True, 0)]
)
def test_a_skipped_test_fails_the_run_on_ci_alone(
    tmp_path: Path, ci: str, status: int, *, skipped: bool
) -> None:
    """With CI=true the run fails and names the reason; elsewhere, or without a skip, it passes."""
    code, told = _run(tmp_path, ci=ci, some=SOME.replace("SKIPPED", str(skipped)))
    assert code == status, told
    assert ("there is no moon" in told) == (status == 1)


def test_a_test_that_waits_for_ever_fails_alone_and_names_its_line(tmp_path: Path) -> None:
    """Its process lives on and runs the others: nobody has to guess what a dead worker did."""
    code, told = _run(tmp_path, ci="", some=WAITING, longest="0.05")
    assert code == 1, told
    assert ("await asyncio.Event().wait()" in told, "1 failed, 1 passed" in told) == (True, True)

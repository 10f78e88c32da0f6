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


def _run(folder: Path, *, ci: str, skipped: bool) -> tuple[int, str]:
    (folder / "conftest.py").write_text(RULES.read_text())
    (folder / "test_some.py").write_text(SOME.replace("SKIPPED", str(skipped)))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "."],
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
    code, told = _run(tmp_path, ci=ci, skipped=skipped)
    assert code == status, told
    assert ("there is no moon" in told) == (status == 1)

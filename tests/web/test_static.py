"""Runs the tests of the pages' pure modules under Node, if there is a Node."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = Path("tests/web/static")
NODE = shutil.which("node")
PAGES = sorted(path.name for path in (ROOT / TESTS).iterdir())


@pytest.mark.skipif(NODE is None, reason="node is not installed; the pages themselves need none")
@pytest.mark.parametrize("page", PAGES)
def test_modules_of_a_page(page: str, tmp_path: Path) -> None:
    """Every test of these modules passes under Node, with nothing of another page beside them.

    One process for them all: to start a Node is most of what a module's tests cost.
    """
    for files in (TESTS / page, Path("web/static") / page):
        shutil.copytree(ROOT / files, tmp_path / files)
    modules = sorted((tmp_path / TESTS / page).glob("*.test.js"))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "all.js").write_text("".join(f'import "{module}";\n' for module in modules))
    assert NODE is not None
    ran = subprocess.run(
        [NODE, "--test-reporter=tap", str(tmp_path / "all.js")],  # not what this Node prefers
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = re.search(r"^# pass (\d+)$", ran.stdout, re.MULTILINE)
    assert told is not None
    assert int(told[1]) >= len(modules)

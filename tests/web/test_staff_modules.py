"""Runs the tests of the staff pages' pure modules under Node, if there is a Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE = shutil.which("node")
TESTS = ROOT / "tests/web/staff_page"
MODULES = sorted(path.name for path in TESTS.glob("*.test.js"))


@pytest.mark.skipif(NODE is None, reason="node is not installed; the pages themselves need none")
@pytest.mark.parametrize("name", MODULES)
def test_module_of_the_staff_pages(name: str, tmp_path: Path) -> None:
    """Every test of this module passes under `node --test`."""
    shutil.copytree(ROOT / "web/static/staff", tmp_path / "web/static/staff")
    shutil.copytree(TESTS, tmp_path / "tests/web/staff_page")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    assert NODE is not None
    ran = subprocess.run(
        [NODE, "--test", str(tmp_path / "tests/web/staff_page" / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr

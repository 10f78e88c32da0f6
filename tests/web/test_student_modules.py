"""Runs the tests of the student page's pure modules under Node, if there is a Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE = shutil.which("node")
MODULES = sorted(path.name for path in (ROOT / "tests/web/student").glob("*.test.js"))


@pytest.mark.skipif(NODE is None, reason="node is not installed; the page itself needs none")
@pytest.mark.parametrize("name", MODULES)
def test_module_of_the_student_page(name: str, tmp_path: Path) -> None:
    """Every test of this module passes under `node --test`."""
    shutil.copytree(ROOT / "web/static/student", tmp_path / "web/static/student")
    shutil.copytree(ROOT / "tests/web/student", tmp_path / "tests/web/student")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    assert NODE is not None
    ran = subprocess.run(
        [NODE, "--test", str(tmp_path / "tests/web/student" / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr

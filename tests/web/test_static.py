"""Runs the tests of the pages' pure modules under Node, if there is a Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = Path("tests/web/static")
NODE = shutil.which("node")
MODULES = sorted(path.relative_to(ROOT / TESTS) for path in (ROOT / TESTS).rglob("*.test.js"))


@pytest.mark.skipif(NODE is None, reason="node is not installed; the pages themselves need none")
@pytest.mark.parametrize("module", MODULES, ids=str)
def test_module_of_a_page(module: Path, tmp_path: Path) -> None:
    """Every test of this module passes under `node --test`."""
    page = module.parent
    for files in (TESTS / page, Path("web/static") / page):
        shutil.copytree(ROOT / files, tmp_path / files)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    assert NODE is not None
    ran = subprocess.run(
        [NODE, "--test", str(tmp_path / TESTS / module)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr

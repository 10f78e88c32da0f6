"""The page of requirements is made from the names of the tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_requirements", ROOT / "docs" / "make_requirements.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_requirements = loaded()


def test_the_page_is_current() -> None:
    """`make docs` would change nothing: run it after giving a test a new id."""
    assert make_requirements.PAGE.read_text() == make_requirements.page(ROOT / "tests")


def test_every_requirement_has_its_line() -> None:
    """Sixteen for students, seventeen for moderators, sixteen for adults, thirty faults.

    And the sixteen properties that hold through every fault.
    """
    counted = {"S": 16, "M": 17, "P": 16, "F": 30, "K": 16}
    expected = [f"{letter}{n}" for letter, last in counted.items() for n in range(1, last + 1)]
    assert list(make_requirements.MEANINGS) == expected


def test_a_name_may_carry_several_ids(tmp_path: Path) -> None:
    """Ids stand at the beginning of a name, of functions and methods, in Python and JavaScript."""
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_some.py").write_text(
        "def test_F1_F2_kills(): ...\n"
        "class TestIt:\n    async def test_S9_help(self): ...\n"
        "def test_of_M1_nothing(): ...\n"
        "def help_S1(): ...\n"
    )
    (tests / "some.test.js").write_text(
        'test("S5, S6: nothing stays", () => {});\ntest("M1 a list stays", () => {});\n'
    )
    found = [one for one, _ in make_requirements.carried(tests)]
    assert found == ["F1", "F2", "S9", "S5", "S6", "M1"]
    page = make_requirements.page(tests)
    assert "[test_some.py](../tests/test_some.py)" in page
    assert page.count("not yet") == 95 - 6


def test_an_id_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """A slip of the pen is found when the page is made."""
    (tmp_path / "test_some.py").write_text("def test_S99_what(): ...\n")
    with pytest.raises(KeyError, match="S99"):
        make_requirements.page(tmp_path)

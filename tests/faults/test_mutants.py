"""The list of mutants is true to the sources; `make mutants` runs them."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.faults.mutants import MUTANTS, ROOT, Mutant, changed


@pytest.mark.parametrize("mutant", MUTANTS, ids=range(len(MUTANTS)))
def test_a_mutant_fits_the_source(mutant: Mutant) -> None:
    """Every fault in the list can be put into today's source, exactly there, and still parses."""
    ast.parse(changed(mutant))


def test_there_are_forty_mutants_at_least() -> None:
    """The judging and delivering path is attacked in at least forty ways."""
    assert len(set(MUTANTS)) >= 40


def test_K2_a_fault_that_lets_a_message_pass_is_noticed() -> None:
    """The tests fail when the room no longer holds what must be held."""
    number = next(at for at, one in enumerate(MUTANTS) if one.new == "checked = True")
    command = [sys.executable, "-m", "tests.faults.mutants", str(number)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout

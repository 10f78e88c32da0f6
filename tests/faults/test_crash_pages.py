import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_F22_a_page_whose_sender_is_killed_arrives_once_or_twice() -> None:
    """Killed before, during and after the call, and after that was kept: none is lost."""
    command = [sys.executable, "-m", "tests.faults.crash_pages", "--times", "8"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.fullmatch(
        r"8 crashes, 16 pages: 0 lost, \d+ arrived twice, none more than [12] times\n", run.stdout
    )
    assert found, run.stdout + run.stderr
    assert run.returncode == 0

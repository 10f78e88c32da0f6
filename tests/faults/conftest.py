"""What tests of faults share."""

from __future__ import annotations

import pytest

from tests.faults.progress import Progress, Soak


@pytest.fixture
def progress() -> Progress:
    """To say how far a long run is."""
    return Soak()

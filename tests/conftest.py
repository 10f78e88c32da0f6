"""What holds for every test: each says in a sentence what must hold."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that do not say what they state."""
    silent = [
        item.nodeid
        for item in items
        if isinstance(item, pytest.Function)
        and not item.function.__doc__
        and not item.nodeid.endswith("::runTest")
    ]
    if silent:
        raise pytest.UsageError("tests without a sentence:\n  " + "\n  ".join(silent))

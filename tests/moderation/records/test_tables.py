"""What no table may hold."""

from __future__ import annotations

import re

from moderation.records import tenancy  # noqa: F401 - brings every file of tables
from moderation.records.tables import metadata

_NEVER = re.compile(
    r"(^|_)(ip|addr|address|agent|device|place|lat|lon|mail|email|phone|born|birth|gender|photo)(_|$)"
)


def test_no_column_is_for_an_address_a_device_or_a_place() -> None:
    """But the sealed address of an adult on call, and the order in which theirs are tried."""
    found = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if _NEVER.search(column.name)
    }
    assert found == {"contacts.sealed_address", "contacts.place"}
    assert len(metadata.tables) > 30

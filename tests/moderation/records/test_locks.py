from __future__ import annotations

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from moderation.records import locks, log

OF_MANY_LENGTHS = {
    "locked rooms": locks._ROOMS,
    "locked students": locks._STUDENTS,
    "rooms with their heads": log._LOCK_ROOMS,
    "what was said before": log._SAID_BEFORE,
}


@pytest.mark.parametrize("name", OF_MANY_LENGTHS)
def test_a_list_of_any_length_is_one_statement(name: str) -> None:
    """The server is not given a new statement to plan for every number of messages in a batch."""
    statement: Select[tuple[object, ...]] = OF_MANY_LENGTHS[name]  # type: ignore[assignment]
    assert "POSTCOMPILE" not in str(statement.compile(dialect=postgresql.dialect()))

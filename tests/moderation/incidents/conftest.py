"""Schools out of which a case goes, or what one student wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.moderation.incidents.elm import Elm, elm
from tests.moderation.incidents.writer import Writer, writer


@pytest.fixture(name="elm")
async def elm_over_each(school_url: str, tmp_path: Path) -> AsyncIterator[Elm]:
    """A school on a database of each kind."""
    async with elm(tmp_path, school_url) as made:
        yield made


@pytest.fixture(name="otter")
async def writer_at_elm(elm: Elm) -> Writer:
    """A student of that school whose one case is closed."""
    return await writer(elm)

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.web.site import Site
from web.app import STATIC, create_app
from web.parts import PARTS
from web.student import ASSETS


async def test_a_site_without_an_origin_does_not_start(site: Site) -> None:
    """With no origin nobody could ever write: better to say so than to refuse everybody."""
    with pytest.raises(ValueError, match="origin"):
        create_app(replace(site.app[PARTS], origins=frozenset()))


async def test_every_file_a_page_names_exists(site: Site) -> None:
    """Templates, pages, styles and modules load nothing that is not there."""
    served = site.app[ASSETS]
    pages = [STATIC.parent / "templates", STATIC]
    for folder in pages:
        for path in folder.rglob("*.html"):
            for name in path.read_text().split('"/static/')[1:]:
                assert name.split('"')[0] in served, path.name
    for name, asset in served.items():
        if name.startswith("staff/") and name.endswith(".js"):
            for line in asset.body.decode().splitlines():
                if line.startswith(("import ", "} from ")) and '"' in line:
                    wanted = line.split('"')[1].removeprefix("./")
                    found = wanted.removeprefix("../") if "../" in wanted else f"staff/{wanted}"
                    assert found in served, (name, wanted)

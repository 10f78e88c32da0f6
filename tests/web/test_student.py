from __future__ import annotations

import gzip

import pytest

from tests.web.site import HOST, Site
from web.app import STATIC
from web.student import ASSETS


async def test_S3_the_student_page_is_never_kept(site: Site) -> None:
    """No browser keeps the page, so that Back after leaving shows nothing; the same for /away."""
    for path in ("/", "/away"):
        answer = await site.get(path)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.content_type == "text/html"
        assert "Set-Cookie" not in answer.headers


async def test_S9_help_lines_need_no_session(site: Site) -> None:
    """Anybody may read the numbers of the help lines, before signing in and when all is closed."""
    answer = await site.get("/api/lines")
    told = await answer.json()
    assert answer.status == 200
    assert [line["number"] for line in told["lines"]] == ["0800 1111", "116 123", "999"]


async def test_S5_pages_name_no_other_host(site: Site) -> None:
    """Nothing a page loads comes from anywhere else."""
    for name, asset in site.app[ASSETS].items():
        if name.endswith(".png"):
            continue
        text = asset.body.decode().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, name
        assert "https://" not in text, name


async def test_a_file_is_sent_again_only_when_it_changed(site: Site) -> None:
    """The tag of a kept file is answered with 304 and no body; another tag with the file."""
    first = await site.get("/static/tokens.css")
    assert first.content_type == "text/css"
    kept = await site.get("/static/tokens.css", {"If-None-Match": first.headers["ETag"]})
    assert (kept.status, await kept.read()) == (304, b"")
    assert kept.headers["ETag"] == first.headers["ETag"]
    other = await site.get("/static/tokens.css", {"If-None-Match": '"other"'})
    assert other.status == 200


async def test_a_file_is_packed_for_who_can_unpack_it(site: Site) -> None:
    """The same bytes either way, and caches are told that they differ."""
    wanted = (STATIC / "base.css").read_bytes()
    plain = await site.get("/static/base.css", {"Accept-Encoding": "identity"})
    assert await plain.read() == wanted
    async with site.client.session.get(
        site.client.make_url("/static/base.css"),
        headers={"Host": HOST, "Accept-Encoding": "gzip"},
        auto_decompress=False,
    ) as packed:
        body = await packed.read()
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(body) == wanted
    assert len(body) < len(wanted)


async def test_scripts_are_scripts(site: Site) -> None:
    """With nosniff a module of another type would not run."""
    answer = await site.get("/static/staff/queue.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/staff/../../app.py",
        "/static//etc/passwd",
        "/static/..%5capp.py",
        "/static/tokens.css%00",
        "/static/TOKENS.CSS",
        "/static/",
        "/static",
        "/static/staff",
    ],
)
async def test_no_path_climbs_out(site: Site, path: str) -> None:
    """Only names found at start exist; anything else is not there."""
    url = site.client.make_url("/").join(site.client.make_url("/"))
    raw = type(url)(str(url).rstrip("/") + path, encoded=True)
    async with site.client.session.get(raw, headers={"Host": HOST}) as answer:
        assert answer.status == 404
        assert b"def " not in await answer.read()

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from moderation.records.store import StoreUnavailable
from tests.web.site import HOST, ORIGIN, Site
from tests.web.test_headers import assert_headers
from web.guard import STAFF, hosts

CANARY = "nobody-may-see-this-7731"


@pytest.mark.parametrize(
    "host", ["evil.example", "chat.school.example.evil", "localhost", f"{HOST}:80", "", f"{HOST}."]
)
async def test_a_forged_host_is_refused_with_421(site: Site, host: str) -> None:
    """A name that is not ours is no address of this site."""
    answer = await site.client.get("/staff/sign-in", headers={"Host": host})
    assert answer.status == 421
    assert (await answer.json())["code"] == "wrong_host"
    assert_headers(answer)


async def test_a_forged_host_cannot_hide_behind_a_forwarded_one(site: Site) -> None:
    """X-Forwarded-Host is nobody's business here."""
    forged = {"Host": "evil.example", "X-Forwarded-Host": HOST}
    assert (await site.client.get("/", headers=forged)).status == 421


async def raw(site: Site, head: str, body: bytes = b"") -> bytes:
    """The first line of the answer to a request that no library would write."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.client.port)
    writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
    answer = await reader.readline()
    writer.close()
    return answer


async def test_a_forged_host_cannot_hide_in_the_first_line(site: Site) -> None:
    """A request may name the whole address; it must be ours as well as Host."""
    for address, status in ((ORIGIN, b"200"), ("https://evil.example", b"421")):
        head = f"GET {address}/staff/sign-in HTTP/1.1\nHost: {HOST}"
        assert (await raw(site, head)).split()[1] == status


def test_hosts_follow_from_origins() -> None:
    """An origin's default port may stand in Host or be left out."""
    found = hosts(["https://chat.school", "http://localhost:8080", "http://old.school:80"])
    assert found == {
        "chat.school",
        "chat.school:443",
        "localhost:8080",
        "old.school:80",
        "old.school",
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{ORIGIN}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "SAME-ORIGIN"},
    ],
)
async def test_a_write_from_elsewhere_is_refused(site: Site, given: dict[str, str]) -> None:
    """No foreign page, form or script can write, with or without Fetch Metadata."""
    headers = {"Host": HOST, "Content-Type": "application/json", **given}
    answer = await site.client.post("/staff/sign-in", data=b"{}", headers=headers)
    assert (answer.status, (await answer.json())["code"]) == (403, "bad_origin")


@pytest.mark.parametrize(
    "given", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": ORIGIN}]
)
async def test_a_write_from_this_site_passes(site: Site, given: dict[str, str]) -> None:
    """A page of ours, and an old browser that only knows Origin, reach the handler."""
    headers = {"Host": HOST, "Content-Type": "application/json", **given}
    answer = await site.client.post("/api/sign-in", data=b'{"card":"nope"}', headers=headers)
    assert (await answer.json())["code"] == "bad_card"


async def test_a_foreign_form_cannot_take_an_incident(site: Site) -> None:
    """The classic forged form, sent with the cookie of an adult on call, changes nothing."""
    code = await site.incident()
    adult = await site.as_staff("dana")
    forged = {"Host": HOST, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = await site.client.post(
        f"/api/incidents/{code}/acknowledge", data={"a": "b"}, headers={**forged, **adult}
    )
    assert answer.status == 403
    listed = await (await site.get("/api/incidents", adult)).json()
    assert listed["incidents"][0]["state"] == "open"


@pytest.mark.parametrize(
    "given",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": ""},
    ],
)
async def test_a_body_that_is_not_plain_json_is_refused_with_415(
    site: Site, given: dict[str, str]
) -> None:
    """Whatever a form or an old plug-in can send is not read at all."""
    answer = await site.post("/api/sign-in", b'{"card":"x"}', given)
    assert (answer.status, (await answer.json())["code"]) == (415, "unsupported")


async def test_K15_a_body_compressed_for_its_way_is_refused_with_415(site: Site) -> None:
    """Transfer-Encoding may cut a body into chunks and do nothing else to it."""
    head = (
        f"POST /api/sign-in HTTP/1.1\nHost: {HOST}\nOrigin: {ORIGIN}\n"
        "Content-Type: application/json\nTransfer-Encoding: gzip, chunked"
    )
    assert b"415" in await raw(site, head, b"2\r\n{}\r\n0\r\n\r\n")


async def test_a_body_over_64_KB_is_refused_with_413(site: Site) -> None:
    """One byte more than allowed is too much; what is allowed is read."""
    most = b'{"card":"' + b"x" * (64 * 1024 - 11) + b'"}'
    assert (await site.post("/api/sign-in", most)).status == 400
    answer = await site.post("/api/sign-in", most + b" ")
    assert (answer.status, (await answer.json())["code"]) == (413, "too_long")
    assert_headers(answer)


async def test_a_read_on_a_write_names_what_is_allowed(site: Site) -> None:
    """GET on a write is 405 with Allow, and does nothing."""
    code = await site.incident()
    answer = await site.get(f"/api/incidents/{code}/acknowledge", await site.as_staff("dana"))
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert (await answer.json())["code"] == "wrong_method"


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_a_fault_shows_and_logs_nothing_of_what_was_said(
    site: Site, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    """The last resort answers in plain words and logs only the kind and place of the fault."""

    async def broken(_code: str, _staff: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(site.incidents, "case", broken)
    adult = await site.as_staff("dana")
    with capture_logs() as logs:
        answer = await site.get(f"/api/incidents/{CANARY}", {**adult, "Accept": accept})
    assert answer.status == 500
    assert CANARY not in await answer.text()
    assert "Traceback" not in await answer.text()
    assert [(line["event"], line["error"]) for line in logs] == [("handler_failed", "RuntimeError")]
    assert CANARY not in str(logs)
    assert_headers(answer)


async def test_F14_a_full_disk_is_told_as_such(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot keep anything is 503, so that a page tries again, not 500."""

    async def full(_school: str, _asker: str) -> None:
        raise StoreUnavailable(CANARY)

    monkeypatch.setattr(site.incidents, "open_list", full)
    answer = await site.get("/api/incidents", await site.as_staff("dana"))
    assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")


@pytest.mark.parametrize("cookie", ["", "__Host-staff=", "__Host-staff=forged", "staff=forged"])
async def test_a_session_that_is_none_is_asked_to_sign_in(site: Site, cookie: str) -> None:
    """A page leads to the sign-in and remembers where to; the API says 401."""
    page = await site.get("/staff/incidents/ABC-2345", {"Cookie": cookie})
    assert page.status == 303
    assert page.headers["Location"] == "/staff/sign-in?next=/staff/incidents/ABC-2345"
    assert (await site.get("/api/incidents", {"Cookie": cookie})).status == 401


async def test_an_address_that_is_no_page_is_not_carried_along(site: Site) -> None:
    """Only a real page of staff is remembered over the sign-in: no line break, no other site."""
    for path in ("/staff/incidents/x%0d%0aSet-Cookie:%20a=b", "/staff/incidents/abc"):
        answer = await site.get(path)
        assert answer.headers["Location"] == "/staff/sign-in"
        assert "Set-Cookie" not in answer.headers


async def test_an_idle_session_ends(site: Site) -> None:
    """Fifteen minutes without a request, and staff sign in again."""
    headers = await site.as_staff("mo")
    site.clock.now += 14 * 60
    assert (await site.get("/api/me", headers)).status == 200
    site.clock.now += 16 * 60
    assert (await site.get("/api/me", headers)).status == 401


async def _socket(request: web.Request) -> web.Response:
    member = request.get(STAFF)
    return web.json_response({"who": member.login if member else None})


@pytest.mark.parametrize(
    ("login", "query", "status"),
    [
        (None, "", 200),
        (None, "?as=staff", 401),
        ("una", "?as=staff", 403),
        ("mo", "?as=staff", 200),
        ("lee", "?as=staff", 200),
        ("mo", "", 200),
    ],
)
async def test_the_socket_of_a_moderator_needs_a_moderator(
    site: Site, login: str | None, query: str, status: int
) -> None:
    """`/ws?as=staff` is for the queue's roles only and knows who it is; plain `/ws` never does."""
    site.app.router._frozen = False
    site.app.router.add_get("/ws", _socket, allow_head=False)
    headers = await site.as_staff(login) if login else {}
    answer = await site.get(f"/ws{query}", headers)
    assert answer.status == status
    if status == 200:
        assert (await answer.json())["who"] == (login if query else None)


@pytest.mark.parametrize(
    ("status", "words"), [(403, "not for this account"), (404, "nothing here")]
)
async def test_a_person_gets_a_page_and_a_script_gets_json(
    site: Site, status: int, words: str
) -> None:
    """Refusals are calm pages with the help lines where somebody looks at them."""
    path = "/staff/queue" if status == 403 else f"/{CANARY}"
    headers = {**await site.as_staff("una"), "Accept": "text/html,*/*"}
    answer = await site.get(path, headers)
    text = await answer.text()
    assert answer.status == status
    assert words in text
    assert "0800 1111" in text
    assert CANARY not in text
    assert (await (await site.get(path, {**headers, "Accept": "*/*"})).json())["words"]

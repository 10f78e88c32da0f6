from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from tests.web.site import OWN_PAGE, Site
from web import body

SECRET = "canary-5512"


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        (b"", "bad_json", None),
        (b"not json " + SECRET.encode(), "bad_json", None),
        (b"\xef\xbb\xbf" + b'{"card":"x"}', "bad_json", None),
        ('{"card":"x"}'.encode("utf-16"), "bad_json", None),
        (b'{"card":"x"} {"card":"y"}', "bad_json", None),
        (b'{"card":"\xff"}', "bad_json", None),
        (b'{"card":"\\ud800"}', "bad_json", None),
        (b"[" * 100_00, "bad_field", None),
        (b'["x"]', "bad_field", None),
        (b'{"card":NaN}', "bad_json", None),
        (b'{"card":1}', "bad_field", "card"),
        (b'{"card":null}', "bad_field", "card"),
        (b'{"card":"' + b"x" * 65 + b'"}', "bad_field", "card"),
        (b"{}", "bad_field", None),
        (b'{"card":"x","role":"auditor"}', "bad_field", None),
        (b'{"card":"x","__proto__":{}}', "bad_field", None),
        (b'{"card":"x","card":"y"}', "bad_field", None),
        (b'{"card":"x\\u0000y"}', "bad_text", None),
    ],
)
async def test_K15_a_body_that_is_not_right_is_refused_by_name(
    site: Site, raw: bytes, code: str, path: str | None
) -> None:
    """Every flaw has its code, the field is named, and nothing that was sent comes back."""
    answer = await site.post("/api/sign-in", raw or b" ")
    told = await answer.json()
    assert (answer.status, told["code"], told.get("path")) == (400, code, path)
    assert SECRET not in str(told)


async def test_K15_a_nul_is_refused_however_deep_it_lies(site: Site) -> None:
    """Text in a list of parts is text too; a database that cannot keep it is never asked to."""
    half = '{"pseudonym":"x\\u0000y","sealed":"AAAA"}'
    raw = '{"to":"' + "0" * 40 + '","halves":[' + half + "]}"
    answer = await site.post("/api/identities/give", raw.encode(), await site.as_staff("lee"))
    assert (answer.status, (await answer.json())["code"]) == (400, "bad_text")


@pytest.mark.parametrize("raw", ["[" * 2000 + "]" * 2000, '{"a":' * 2000 + "1" + "}" * 2000])
async def test_K15_a_body_too_deep_to_read_is_refused(site: Site, raw: str) -> None:
    """Where a field may hold anything, depth without end is the sender's fault, not ours."""
    credential = '{"credential":{"deep":' + raw + "}}"
    answer = await site.post(
        "/api/second-step/passkey", credential.encode(), await site.as_staff("lee")
    )
    assert (answer.status, (await answer.json())["code"]) == (400, "bad_json")


async def test_who_leaves_within_a_body_is_no_fault_of_ours(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is closed while it sends leaves no fault in the log."""

    async def gone(_: web.Request) -> bytes:
        raise ConnectionResetError

    monkeypatch.setattr(web.Request, "read", gone)
    with capture_logs() as told:
        answer = await site.post("/api/sign-in", b"{")
    assert (answer.status, told) == (400, [])


async def test_a_body_that_never_arrives_is_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dripped body is answered with 408 and does not hold the server."""
    monkeypatch.setattr(body, "DEADLINE", 0.05)
    never = asyncio.Event()

    async def drip() -> object:
        yield b'{"card":'
        await never.wait()

    answer = await site.client.post(
        "/api/sign-in", data=drip(), headers={**OWN_PAGE, "Content-Type": "application/json"}
    )
    assert (answer.status, (await answer.json())["code"]) == (408, "too_slow")

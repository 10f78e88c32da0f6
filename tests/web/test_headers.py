from __future__ import annotations

import pytest

from tests.web.site import HOST, Site
from web.headers import HEADERS

WALK = [
    ("GET", "/", 200),
    ("GET", "/static/tokens.css", 200),
    ("GET", "/static/nothing.css", 404),
    ("GET", "/nothing", 404),
    ("GET", "/staff", 303),
    ("GET", "/staff/sign-in", 200),
    ("GET", "/staff/queue", 303),
    ("GET", "/api/me", 401),
    ("GET", "/api/sign-in", 405),
    ("POST", "/", 405),
    ("POST", "/api/sign-in", 400),
    ("POST", "/api/bye", 204),
    ("GET", "/health/live", 200),
    ("GET", "/metrics", 404),
    ("OPTIONS", "/", 405),
    ("HEAD", "/", 405),
    ("TRACE", "/", 405),
]


def assert_headers(answer: object) -> None:
    headers = answer.headers  # type: ignore[attr-defined]
    for name, value in HEADERS.items():
        assert headers[name] == value, name
    assert headers["Cache-Control"] in {"no-store", "no-cache"}
    assert "Server" not in headers


@pytest.mark.parametrize(("method", "path", "status"), WALK)
async def test_every_answer_carries_the_headers(
    site: Site, method: str, path: str, status: int
) -> None:
    """Whatever the status, the same headers, and no word about the software."""
    headers = {"Host": HOST, "Sec-Fetch-Site": "same-origin"}
    answer = await site.client.request(method, path, headers=headers, allow_redirects=False)
    assert answer.status == status
    assert_headers(answer)


def test_the_policy_lets_in_nothing_foreign() -> None:
    """Scripts, styles, images and connections come from this origin, and no markup from text."""
    policy = HEADERS["Content-Security-Policy"]
    sources = [part.split()[1:] for part in policy.split("; ")]
    assert {source for given in sources for source in given} <= {"'self'", "'none'", "'script'"}
    assert "default-src 'none'" in policy
    assert "connect-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy


async def test_pages_of_staff_may_name_one_worker_and_nothing_else(site: Site) -> None:
    """Signed in, a page may make one trusted value and be installed; all else stays as it is."""
    policy = (await site.get("/staff/incidents", await site.as_staff("dana"))).headers[
        "Content-Security-Policy"
    ]
    strict = HEADERS["Content-Security-Policy"].removesuffix("trusted-types 'none'")
    assert policy == strict + "trusted-types worker; worker-src 'self'; manifest-src 'self'"

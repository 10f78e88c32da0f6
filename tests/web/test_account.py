from __future__ import annotations

from tests.web.site import Site


async def test_ones_own_sessions_are_listed_without_any_device(site: Site) -> None:
    """When each began and was last used, which is this one, and nothing more."""
    here = await site.as_staff("mo")
    site.clock.now += 60
    await site.as_staff("mo")
    await site.as_staff("dana")
    found = (await (await site.get("/api/account/sessions", here)).json())["sessions"]
    assert [one["this"] for one in found] == [False, True]
    assert all(set(one) == {"started_at", "seen_at", "this"} for one in found)


async def test_signing_out_everywhere_ends_every_session(site: Site) -> None:
    """This one and the others of the same person; nobody else's."""
    here, there = await site.as_staff("mo"), await site.as_staff("mo")
    other = await site.as_staff("dana")
    answer = await site.post("/api/account/sign-out-everywhere", headers=here)
    assert answer.status == 204
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies"'
    for headers, status in ((here, 401), (there, 401), (other, 200)):
        assert (await site.get("/api/me", headers)).status == status

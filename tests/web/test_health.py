from __future__ import annotations

import pytest
from prometheus_client import Counter

from tests.web.site import HOST, Site

LOCAL = {"Host": "127.0.0.1:9000"}


async def test_live_answers_whatever_is_broken(site: Site) -> None:
    """A process that answers is alive, even while it is not ready."""
    site.health["store"] = False
    assert await (await site.get("/health/live")).json() == {"live": True}


async def test_ready_names_the_part_that_is_not(site: Site) -> None:
    """503 while any part does not work, so that nobody new is sent here."""
    assert (await site.get("/health/ready")).status == 200
    site.health["duty"] = False
    answer = await site.get("/health/ready")
    assert answer.status == 503
    assert await answer.json() == {"ready": False, "parts": {"store": True, "duty": False}}


async def test_a_probe_may_use_the_name_of_the_machine_itself(site: Site) -> None:
    """A health check on this machine need not know the public name."""
    for path in ("/health/live", "/health/ready"):
        assert (await site.get(path, LOCAL)).status == 200
        assert (await site.get(path, {"Host": "evil.example"})).status == 421


async def test_counters_are_for_this_machine(site: Site) -> None:
    """Prometheus on the same machine reads them in its own format."""
    Counter("peerline_tests", "Counted here.", registry=site.registry).inc()
    answer = await site.get("/metrics", LOCAL)
    assert answer.status == 200
    assert "peerline_tests_total 1.0" in await answer.text()


@pytest.mark.parametrize(
    "given",
    [
        {"Host": HOST},
        {**LOCAL, "X-Forwarded-For": "192.0.2.1"},
        {**LOCAL, "Forwarded": "for=192.0.2.1"},
        {**LOCAL, "Via": "1.1 proxy"},
    ],
)
async def test_counters_are_nobody_elses(site: Site, given: dict[str, str]) -> None:
    """A proxy on this machine passes nobody through to them, and they do not even exist."""
    assert (await site.get("/metrics", given)).status == 404

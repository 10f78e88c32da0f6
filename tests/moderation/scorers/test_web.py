from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
from aiohttp import web

from moderation.pager.networks import networks
from moderation.scorers import ScorerError
from moderation.scorers.web import MOST_BYTES, WebScorer
from moderation.terms import Category

HERE = networks(["127.0.0.0/8"])
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@contextlib.asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[str]:
    """A scorer's server on this machine; answers its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/score"
    await runner.cleanup()


async def test_a_scorer_on_the_schools_network_gets_the_text_and_nothing_else() -> None:
    """One field goes out, with the token in its header; the scores come back."""
    posts: list[tuple[object, str | None]] = []

    async def score(request: web.Request) -> web.Response:
        posts.append((await request.json(), request.headers.get("Authorization")))
        return web.json_response({"scores": {"suicide": 0.93, "bullying": 0}})

    async with listening(score) as url:
        scorer = WebScorer(url, HERE, "secret")
        await scorer.prepare()
        found = await scorer.score("hello \ud800")
        await scorer.close()
    assert found == {Category.SUICIDE: 0.93, Category.BULLYING: 0.0}
    assert posts == [({"text": "hello ?"}, "Bearer secret")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"scores": {"suicide": 7}}',
        b'{"scores": {"suicide": NaN}}',
        b'{"scores": {"weather": 0.5}}',
        b'{"scores": {"suicide": "0.9"}}',
        b'{"scores": {}, "more": 1}',
        b'{"scores": {"suicide": 0.5}}' + b" " * MOST_BYTES,
        b"\xff",
    ],
)
async def test_a_lying_scorer_is_not_believed(body: bytes) -> None:
    """Whatever it answers that is no table of scores is an error."""

    async def score(_request: web.Request) -> web.Response:
        return web.Response(body=body)

    async with listening(score) as url:
        scorer = WebScorer(url, HERE)
        await scorer.prepare()
        with pytest.raises(ScorerError):
            await scorer.score("hello")
        await scorer.close()


async def test_a_failing_or_redirecting_scorer_is_an_error_and_no_redirect_is_followed() -> None:
    """A scorer cannot send a child's words on to somebody else."""
    asked: list[str] = []

    async def score(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == "/broken":
            return web.Response(status=500)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async with listening(score) as url:
        for path in ("/score", "/broken"):
            scorer = WebScorer(url.replace("/score", path), HERE)
            await scorer.prepare()
            with pytest.raises(ScorerError):
                await scorer.score("hello")
            await scorer.close()
    assert asked == ["/score", "/broken"]


async def test_a_scorer_that_never_answers_can_be_given_up() -> None:
    """Whoever asks may stop waiting, and the next question is asked all the same."""
    over = asyncio.Event()
    calls = 0

    async def score(_request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            await over.wait()
        return web.json_response({"scores": {}})

    async with listening(score) as url:
        scorer = WebScorer(url, HERE)
        await scorer.prepare()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await scorer.score("hello")
        assert await scorer.score("again") == {}
        over.set()
        await scorer.close()


@pytest.mark.parametrize("found", [["93.184.215.14"], ["127.0.0.1", "93.184.215.14"], []])
async def test_words_do_not_leave_the_schools_network(found: Sequence[str]) -> None:
    """A host with any address outside the named networks is refused before anything is sent."""
    scorer = WebScorer("http://scorer.example/", HERE, lookup=lambda _host, _port: found)
    with pytest.raises(ScorerError):
        await scorer.prepare()
    with pytest.raises(ScorerError):
        await scorer.score("hello")


async def test_a_name_that_changes_its_mind_is_asked_once() -> None:
    """The connection goes to the address that was judged, not to what the name says later."""
    answers = [["127.0.0.1"], ["93.184.215.14"]]

    async def score(_request: web.Request) -> web.Response:
        return web.json_response({"scores": {"suicide": 0.5}})

    async with listening(score) as url:
        port = url.split(":")[2].split("/")[0]
        scorer = WebScorer(
            f"http://scorer.example:{port}/", HERE, lookup=lambda _host, _port: answers.pop(0)
        )
        await scorer.prepare()
        assert await scorer.score("one") == await scorer.score("two")
        await scorer.close()
    assert len(answers) == 1


@pytest.mark.parametrize("url", ["", "ftp://x/", "scorer.local/score", "http://"])
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    """A setting that cannot work stops the start."""
    with pytest.raises(ValueError, match="address"):
        WebScorer(url, HERE)

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request
from websockets.http11 import MAX_LINE_LENGTH, MAX_NUM_HEADERS

from chat.socket.handover import HEADER_BYTES, HEADERS, judge_handshake
from tests.chat.raw_client import ACCEPT, KEY, ORIGIN

KNOCK = {
    "Host": "chat.school.example",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Origin": ORIGIN,
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


def judged(**changes: str | None) -> tuple[int, bytes]:
    headers = KNOCK | {name.replace("_", "-"): value for name, value in changes.items()}
    kept = {name: value for name, value in headers.items() if value is not None}
    return judge_handshake(make_mocked_request("GET", "/ws?ü", headers=kept), {ORIGIN})


def test_a_right_knock_is_answered_with_the_digest_of_its_key() -> None:
    """The whole answer is websockets'; the path and its query are none of its business."""
    status, answer = judged()
    assert status == 101
    assert answer.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert f"Sec-WebSocket-Accept: {ACCEPT}\r\n".encode() in answer


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ORIGIN + "."}, 403),
        ({"Upgrade": None}, 426),
        ({"Upgrade": "h2c"}, 426),
        ({"Connection": "keep-alive"}, 426),
        ({"Sec_WebSocket_Version": "12"}, 426),
        ({"Sec_WebSocket_Version": None}, 400),
        ({"Sec_WebSocket_Key": None}, 400),
        ({"Sec_WebSocket_Key": "AAAA"}, 400),
        ({"Content_Length": "5"}, 400),
        ({"Transfer_Encoding": "chunked"}, 400),
        ({"X": "a\x00b"}, 400),
        ({"X": "x" * MAX_LINE_LENGTH}, 431),
    ],
)
def test_a_wrong_knock_has_a_status_and_no_answer(
    changes: dict[str, str | None], status: int
) -> None:
    """Nothing of websockets' own words, which quote the request, is used."""
    assert judged(**changes) == (status, b"")


def test_no_origin_is_right_when_none_is_allowed() -> None:
    """An empty set of origins refuses everybody."""
    assert judge_handshake(make_mocked_request("GET", "/ws", headers=KNOCK), set())[0] == 403


def test_limits_of_the_two_parsers_agree() -> None:
    """A line aiohttp takes, with its colon and line end, is no longer than websockets allows."""
    assert HEADER_BYTES + len(":\r\n") <= MAX_LINE_LENGTH
    assert HEADERS <= MAX_NUM_HEADERS

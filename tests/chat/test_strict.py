"""Strict reading: one frame or one refusal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import strict
from chat.frames import from_student, shared

CID = "c" * 22
TOKEN = "t" * 43


def read(raw: bytes) -> object:
    return strict.read(from_student.read, raw)


def refused(raw: bytes) -> tuple[str, str | None]:
    answer = read(raw)
    assert isinstance(answer, shared.Error), answer
    return answer.code, answer.path


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"hello",
        b"{",
        b'{"t":"typing"',
        b'{"t":"typing"}{"t":"typing"}',
        b'{"t":"typing"} x',
        b'{"t":"typing",}',
        b"{'t':'typing'}",
        b'\xef\xbb\xbf{"t":"typing"}',
        '{"t":"typing"}'.encode("utf-16"),
        '{"t":"typing"}'.encode("utf-32"),
        b'{"t":"typing"\x00}',
        b'{"t":"understood","answer":NaN}',
        b'{"t":"understood","answer":Infinity}',
        b'{"t":"understood","answer":-Infinity}',
        b'{"t":"say","cid":"%b","text":"\xff"}' % CID.encode(),
        b'{"t":"say","cid":"%b","text":"\\ud800"}' % CID.encode(),
        b'{"t":"say","cid":"%b","text":"a\nb"}' % CID.encode(),
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_what_is_not_one_json_object_is_bad_json(raw: bytes) -> None:
    """Broken, doubled, misencoded and endlessly deep input is refused without an exception."""
    assert refused(raw) == ("bad_json", None)


@pytest.mark.parametrize(
    ("frame", "code", "path"),
    [
        ({"t": "nonsense"}, "unknown_type", None),
        ({"t": "watch"}, "unknown_type", None),
        ({"t": "ack"}, "unknown_type", None),
        ({"t": 7}, "unknown_type", None),
        ({"t": None}, "unknown_type", None),
        ({}, "bad_field", None),
        ({"T": "typing"}, "bad_field", None),
        ({"t": "typing", "extra": 1}, "bad_field", None),
        ({"t": "typing", "__proto__": {}}, "bad_field", None),
        ({"t": "say", "cid": CID}, "bad_field", None),
        ({"t": "say", "cid": CID, "text": 7}, "bad_field", "text"),
        ({"t": "say", "cid": CID, "text": None}, "bad_field", "text"),
        ({"t": "say", "cid": CID, "text": "a" * 2001}, "bad_field", "text"),
        ({"t": "say", "cid": "c" * 21, "text": "x"}, "bad_field", "cid"),
        ({"t": "say", "cid": "c" * 21 + "!", "text": "x"}, "bad_field", "cid"),
        ({"t": "say", "cid": CID + "\n", "text": "x"}, "bad_field", "cid"),
        ({"t": "understood", "answer": 10}, "bad_field", "answer"),
        ({"t": "understood", "answer": -1}, "bad_field", "answer"),
        ({"t": "understood", "answer": 1.5}, "bad_field", "answer"),
        ({"t": "understood", "answer": True}, "bad_field", "answer"),
        ({"t": "understood", "answer": "1"}, "bad_field", "answer"),
        ({"t": "understood", "answer": 2**80}, "bad_field", "answer"),
        ({"t": "join", "topic": "../etc"}, "bad_field", "topic"),
        ({"t": "report", "reason": "rude"}, "bad_field", "reason"),
        ({"t": "hello", "token": "short"}, "bad_field", "token"),
        ({"t": "hello", "token": TOKEN, "resume": 1}, "bad_field", "resume"),
        ({"t": "hello", "token": TOKEN, "resume": {}}, "bad_field", "resume"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(frame: object, code: str, path: str | None) -> None:
    """Unknown frames, unknown and missing fields, wrong types and numbers out of range."""
    assert refused(json.dumps(frame).encode()) == (code, path)


@pytest.mark.parametrize(
    ("resume", "path"),
    [
        ({"room": "r" * 22, "epoch": "0" * 16, "seq": -1}, "resume.seq"),
        ({"room": "r" * 22, "epoch": "0" * 16, "seq": 2**53}, "resume.seq"),
        ({"room": "r" * 22, "epoch": "g" * 16, "seq": 0}, "resume.epoch"),
        ({"room": "r", "epoch": "0" * 16, "seq": 0}, "resume.room"),
        ({"room": "r" * 22, "epoch": "0" * 16, "seq": 0, "x": 1}, "resume"),
    ],
)
def test_a_wrong_field_inside_is_named_by_its_whole_path(resume: object, path: str) -> None:
    """The path leads to the field."""
    raw = json.dumps({"t": "hello", "token": TOKEN, "resume": resume}).encode()
    assert refused(raw) == ("bad_field", path)


@pytest.mark.parametrize("raw", [b"[]", b'"typing"', b"7", b"null", b"true"])
def test_json_that_is_no_object_is_refused(raw: bytes) -> None:
    """A frame is an object and nothing else."""
    assert refused(raw)[0] == "bad_field"


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"t":"say","text":' + b"[" * 100_000])
def test_what_is_nested_for_ever_is_refused_at_once(raw: bytes) -> None:
    """Depth is never followed: the first level is already wrong."""
    assert refused(raw)[0] == "bad_field"


def test_unknown_fields_are_not_followed_down() -> None:
    """Even skipping an unknown field stops at some depth."""
    assert refused(b'{"x":' * 100_000)[0] in {"bad_json", "bad_field"}


def test_a_number_of_five_thousand_digits_is_refused() -> None:
    """Neither memory nor time is spent on it."""
    code, _ = refused(b'{"t":"understood","answer":' + b"9" * 5000 + b"}")
    assert code in {"bad_json", "bad_field"}


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        (b'{"t":"typing","t":"bye"}', "unknown_type", None),
        (b'{"t":"say","cid":"%b","text":"a","text":"b"}' % CID.encode(), "bad_field", "text"),
        (b'{"t":"say","cid":"%b","text":"a","text" :"\\"}"}' % CID.encode(), "bad_field", "text"),
        (b'{"t":"understood","answer":0,"answer":1}', "bad_field", "answer"),
        (b'{"t":"understood","answer":0,"\\u0061nswer":1}', "bad_field", None),
    ],
)
def test_a_key_given_twice_is_refused(raw: bytes, code: str, path: str | None) -> None:
    """No two readers of the same bytes can understand different things; the key is named."""
    assert refused(raw) == (code, path)


@given(st.text(alphabet=st.sampled_from('":\\,{}[] a\ntextcid'), max_size=60))
def test_no_words_are_taken_for_a_key(text: str) -> None:
    """Quotation marks, colons and braces in a message change nothing about its frame."""
    raw = json.dumps({"t": "say", "cid": CID, "text": text}).encode()
    assert read(raw) == from_student.Say(CID, text)
    assert read(raw.replace(b": ", b":")) == from_student.Say(CID, text.replace(": ", ":"))


@given(st.binary(max_size=200))
def test_K15_any_bytes_get_an_answer(raw: bytes) -> None:
    """Whatever comes, the answer is a frame or a refusal that never repeats it."""
    answer = read(raw)
    if isinstance(answer, shared.Error):
        assert answer.code in {"bad_json", "bad_field", "unknown_type"}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_K15_no_refusal_echoes_what_was_sent(value: object) -> None:
    """A path names our own fields only."""
    raw = json.dumps({"t": "say", "cid": CID, "text": "x", "secret": value}).encode()
    assert refused(raw) == ("bad_field", None)

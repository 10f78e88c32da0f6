"""The wire: the handbook's page, the schema and the structs say the same."""

from __future__ import annotations

import importlib.util
import json
import re
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import strict
from chat.errors import REFUSALS, refusal
from chat.frames import from_staff, from_student, shared, to_staff, to_student
from moderation.incidents.words import BARRIERS, MEET
from moderation.terms import Text

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "protocol.md").read_text()

read_server = msgspec.json.Decoder(to_student.ToStudent | to_staff.ToStaff).decode
STUDENT = ("student's page sends", "student's page receives")
STAFF = ("staff page sends", "staff page receives")


def loaded(path: Path) -> ModuleType:
    """A script of docs/ as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_schema = loaded(DOCS / "make_schema.py")


def examples(heading: str) -> list[str]:
    """The examples under the heading that ends so."""
    (section,) = re.findall(rf"^## What a {heading}$(.*?)^## ", PAGE, re.DOTALL | re.MULTILINE)
    return re.findall(r"```json\n(.*?)```", section, re.DOTALL)


def names_of(union: Any) -> set[str]:
    """The names of all frames of a union."""
    return {kind.__struct_config__.tag for kind in typing.get_args(union)}


def shown(heading: str) -> set[str]:
    return {json.loads(raw)["t"] for raw in examples(heading)}


def test_the_schema_is_current() -> None:
    """`make docs` would change nothing in the schema."""
    committed = json.loads(make_schema.SCHEMA.read_text())
    assert committed == json.loads(json.dumps(make_schema.schema()))


def test_the_table_of_refusals_is_current() -> None:
    """`make docs` would change nothing in the page, and every code stands in it."""
    assert make_schema.with_refusals(PAGE) == PAGE
    assert all(f"`{code}`" in PAGE for code in REFUSALS)


def test_every_frame_has_an_example() -> None:
    """In both directions, for students and staff, and none that is no frame."""
    assert shown(STUDENT[0]) == names_of(from_student.StudentFrame)
    assert shown(STAFF[0]) == names_of(from_staff.StaffFrame)
    assert shown(STUDENT[1]) | shown(STAFF[1]) == names_of(to_student.ToStudent | to_staff.ToStaff)


@pytest.mark.parametrize("raw", examples(STUDENT[0]), ids=lambda raw: json.loads(raw)["t"])
def test_a_students_example_is_read_as_its_frame(raw: str) -> None:
    """The code that runs understands what the page says, and says it back the same."""
    frame = strict.read(from_student.read, raw.encode())
    assert json.loads(shared.encode(frame)) == json.loads(raw)


@pytest.mark.parametrize("raw", examples(STAFF[0]), ids=lambda raw: json.loads(raw)["t"])
def test_a_staff_example_is_read_as_its_frame(raw: str) -> None:
    """The code that runs understands what the page says, and says it back the same."""
    frame = strict.read(from_staff.read, raw.encode())
    assert json.loads(shared.encode(frame)) == json.loads(raw)


@pytest.mark.parametrize(
    "raw", [*examples(STUDENT[1]), *examples(STAFF[1])], ids=lambda raw: json.loads(raw)["t"]
)
def test_a_servers_example_is_what_the_server_would_send(raw: str) -> None:
    """The example is the encoding of a frame, field by field."""
    assert json.loads(shared.encode(read_server(raw))) == json.loads(raw)


@pytest.mark.parametrize("raw", [*examples(STUDENT[1]), *examples(STAFF[1])])
def test_refusals_in_examples_are_real(raw: str) -> None:
    """Codes and words in examples are those of the table."""
    frame = json.loads(raw)
    if frame["t"] == "error":
        assert frame["words"] == refusal(frame["code"]).words


@pytest.mark.parametrize("raw", [*examples(STUDENT[0]), *examples(STAFF[0])])
def test_an_unknown_field_in_any_frame_is_refused(raw: str) -> None:
    """Each frame takes its own fields and no other."""
    frame = {**json.loads(raw), "admin": True}
    for read in (from_student.read, from_staff.read):
        answer = strict.read(read, json.dumps(frame).encode())
        assert isinstance(answer, shared.Error)
        assert answer.code in {"bad_field", "unknown_type"}


@pytest.mark.parametrize("raw", [*examples(STUDENT[0]), *examples(STAFF[0])])
@pytest.mark.parametrize("wrong", [None, True, 7, -1.5, 10**40, [], {}, "\n", "x" * 3000])
def test_a_wrong_value_in_any_field_is_refused_by_its_path(raw: str, wrong: object) -> None:
    """Whatever stands where something else belongs, the answer names the field."""
    frame = json.loads(raw)
    read = (
        from_student.read if frame["t"] in names_of(from_student.StudentFrame) else from_staff.read
    )
    for name in set(frame) - {"t"}:
        answer = strict.read(read, json.dumps({**frame, name: wrong}).encode())
        if isinstance(answer, shared.Error):
            assert (answer.code, answer.path) == ("bad_field", name)
        else:
            assert json.loads(msgspec.json.encode(getattr(answer, name))) == wrong


def test_students_and_staff_share_no_frame() -> None:
    """No frame of staff means anything on a student's connection, or the other way round."""
    assert not names_of(from_student.StudentFrame) & names_of(from_staff.StaffFrame)


def test_words_are_shown_only_in_frames() -> None:
    """Text that no log may show is encoded as its letters, anything else unknown is refused."""
    message = to_student.Message(1, "m", "peer", Text("hello"))
    assert json.loads(shared.encode(message))["text"] == "hello"
    with pytest.raises(TypeError, match="a frame cannot carry object"):
        shared.encode(to_student.Notice(object()))  # type: ignore[arg-type]


@given(st.text(max_size=50))
def test_what_is_said_survives_the_wire(text: str) -> None:
    """Any words that can be encoded come out as they went in."""
    said = from_student.Say("c" * 22, text)
    try:
        raw = shared.encode(said)
    except UnicodeEncodeError:
        assert any("\ud800" <= sign <= "\udfff" for sign in text)
    else:
        assert from_student.read(raw) == said


@given(st.from_regex(shared.ID) | st.text("aZ09-_é٣²\n ", min_size=21, max_size=23))
def test_a_cid_is_held_to_the_pattern_of_every_id(cid: str) -> None:
    """A message is read under just those ids that any other frame with one is read under."""
    said, taken_back = ({"t": t, "cid": cid} for t in ("say", "take_back"))
    one = strict.read(from_student.read, json.dumps({**said, "text": "hello"}).encode())
    other = strict.read(from_student.read, json.dumps(taken_back).encode())
    assert one == other if isinstance(other, shared.Error) else isinstance(one, from_student.Say)


def test_S10_every_answer_a_student_can_give_has_words_for_the_adult() -> None:
    """What the wire takes, the adult's words and the student's words are the same answers."""
    offered = {one.name: one.type for one in msgspec.structs.fields(shared.Wishes)}
    source = (DOCS.parent / "web/static/student/words.js").read_text(encoding="utf-8")
    spoken = json.loads(source.partition("export const words = ")[2].strip().removesuffix(";"))
    for name, words in (("meet", MEET), ("barrier", BARRIERS)):
        codes, _ = typing.get_args(offered[name])
        assert list(typing.get_args(codes)) == list(words) == list(spoken["wishes"][f"{name}s"])

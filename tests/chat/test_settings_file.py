"""One tree of settings, refused by path."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.settings import BadSettings, Settings
from chat.settings_file import load
from moderation.terms import Category


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "peerline.toml"
    path.write_text(text)
    return path


def test_nothing_set_is_the_defaults() -> None:
    """Without a file and without variables every setting has its default."""
    assert load(None, {}) == Settings()


def test_a_file_is_read(tmp_path: Path) -> None:
    """Sections of the file fill the branches of the same name."""
    path = written(
        tmp_path,
        '[school]\nid = "elm"\n[server]\nport = 9000\norigins = ["https://elm.example"]\n'
        '[pager.mail]\nhost = "mail.elm.example"\n',
    )
    found = load(path, {})
    assert found.school.id == "elm"
    assert (found.server.port, found.server.origins) == (9000, ("https://elm.example",))
    assert found.pager.mail.host == "mail.elm.example"
    assert found.chat == Settings().chat


def test_the_environment_wins(tmp_path: Path) -> None:
    """A variable stands above the file, and is read as the type of its setting."""
    path = written(tmp_path, "[server]\nport = 9000\n[chat]\nneeds_staff = true\n")
    found = load(
        path,
        {
            "PEERLINE__SERVER__PORT": "9001",
            "PEERLINE__CHAT__NEEDS_STAFF": "false",
            "PEERLINE__PAGER__MAIL__HOST": "mail",
            "PATH": "/bin",
        },
    )
    assert found.server.port == 9001
    assert found.chat.needs_staff is False
    assert found.pager.mail.host == "mail"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[server]\nprot = 1\n", "prot"),
        ("[server]\nport = 70000\n", "server.port"),
        ('[server]\nport = "many"\n', "server.port"),
        ("[chat]\njudge_seconds = 0\n", "chat.judge_seconds"),
        ("[chat]\njudge_seconds = inf\n", "chat.judge_seconds"),
        ("[chat]\njudge_seconds = nan\n", "chat.judge_seconds"),
        ('[server]\norigins = ["https://chat.elm.example/"]\n', "server.origins[0]"),
        ('[server]\norigins = ["chat.elm.example"]\n', "server.origins[0]"),
        ('[server]\norigins = ["https://Chat.Elm.Example"]\n', "server.origins[0]"),
        ('[server]\norigins = ["*"]\n', "server.origins[0]"),
        ('[school]\nid = "Elm School"\n', "school.id"),
        ('[[school.topics]]\nid = "mood"\n', "school.topics[0]"),
        ("[school]\ntopics = []\n", "school.topics"),
        ("[school]\nlines = []\n", "school.lines"),
        ('[[school.topics]]\nid = "Mood!"\nlabel = "x"\n', "school.topics[0].id"),
        ("[nobody]\n", "nobody"),
        ("[pager.mail]\nport = -1\n", "pager.mail.port"),
    ],
)
def test_what_is_wrong_is_refused_with_its_path(tmp_path: Path, text: str, path: str) -> None:
    """An unknown key, a wrong type and a number out of range name the setting they are about."""
    with pytest.raises(BadSettings) as refused:
        load(written(tmp_path, text), {})
    assert path in str(refused.value)


@pytest.mark.parametrize(
    "variables",
    [
        {"PEERLINE__SERVER__PROT": "1"},
        {"PEERLINE__SERVER__PORT": "many"},
        {"PEERLINE__SERVER__PORT": "1", "PEERLINE__SERVER__PORT__DEEPER": "1"},
        {"PEERLINE__": "1"},
    ],
)
def test_a_wrong_variable_is_refused(variables: dict[str, str]) -> None:
    """The environment is read as strictly as the file."""
    with pytest.raises(BadSettings):
        load(None, variables)


@pytest.mark.parametrize("content", [b"not [ toml", b"\xff\xfe"])
def test_a_file_that_cannot_be_parsed_is_named(tmp_path: Path, content: bytes) -> None:
    """The message says which file is wrong."""
    path = tmp_path / "peerline.toml"
    path.write_bytes(content)
    with pytest.raises(BadSettings, match=r"peerline\.toml"):
        load(path, {})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file is refused, not skipped."""
    with pytest.raises(BadSettings, match="No such file"):
        load(tmp_path / "nowhere.toml", {})


def test_a_school_may_decide_more_strictly(tmp_path: Path) -> None:
    """Changes of the decision table are settings like any other."""
    path = written(tmp_path, '[decisions.eating_disorder]\nqueue = "page"\n')
    changes = load(path, {"PEERLINE__DECISIONS__BULLYING__AT_LEAST": "hold"}).decisions
    assert changes[Category.EATING_DISORDER].queue == "page"
    assert changes[Category.BULLYING].at_least == "hold"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('[decisions.suicide]\nqueue = "none"\n', "decisions.suicide.queue"),
        ('[decisions.suicide]\npage = "queue"\n', "decisions.suicide.page"),
        ('[decisions.suicide]\npage = "loud"\n', "decisions"),
        ('[decisions.weather]\nqueue = "page"\n', "decisions"),
    ],
)
def test_a_decision_below_its_floor_is_refused_with_its_path(
    tmp_path: Path, text: str, path: str
) -> None:
    """Nothing starts with a page class lowered."""
    with pytest.raises(BadSettings, match=path):
        load(written(tmp_path, text), {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[servr]\nport = 1\n", "servr: there is no such setting; did you mean server?"),
        ("[server]\nprot = 1\n", "did you mean server.port?"),
        ("port = 1\n", "did you mean server.port?"),
        ("[server]\nport = abc\n", "line 2 (port): this cannot be read. Words stand in straight"),
        ("[school]\nname = Elm School\n", "line 2 (name)"),
        ("[school]\nid = “elm”\n", "line 2 (id)"),
        ("[chat]\nneeds_staff = True\n", "line 2 (needs_staff)"),
        ("[chat]\nneeds_staff = 7\n", "chat.needs_staff: expected true or false"),
        ("[chat]\nneeds_adults = 0\n", "chat.needs_adults: expected a number of at least 1"),
        ("[school]\nname = 7\n", 'school.name: expected words in double quotes, "…"'),
        (f'[school]\nhours = "{"x" * 101}"\n', "school.hours: expected at most 100 letters"),
        ("[school]\ntopics = []\n", "school.topics: expected at least 1 entry"),
        ('[school]\nid = "a"\n[school]\nname = "b"\n', "line 3: this stands there twice"),
        ('[server]\norigins = "https://elm.example"\n', 'server.origins: expected a list, ["…"'),
        ('[server]\norigins = ["https://Elm.example"]\n', "in small letters"),
        ('[drills]\nat = "7:45"\n', 'drills.at: expected "", or a time as "07:45"'),
        ('[staff]\nterm_ends = "1.2.2027"\n', "staff.term_ends: expected a date as 2027-02-12"),
        ('database = "data/peerline.db"\n', "begins with sqlite:/// or postgresql://"),
        ('redis = "localhost:6379"\n', "begins with rediss:// or redis://"),
        ('[pager]\nnetworks = ["10.1.2.3/8"]\n', "pager.networks: expected networks as"),
        ('[pager.services.SMS]\nlabel = "x"\nurl = "y"\n', "pager.services: expected a name"),
        ('[pager.services.sms]\nurl = "y"\n', "pager.services[...].label: this is missing"),
        ('[decisions.bulying]\nqueue = "page"\n', "no bulying; did you mean bullying?"),
    ],
)
def test_what_would_be_right_is_said(tmp_path: Path, text: str, told: str) -> None:
    """What people most often write wrongly is told in a line: file, setting and what fits."""
    path = written(tmp_path, text)
    with pytest.raises(BadSettings) as refused:
        load(path, {})
    assert str(refused.value).startswith(f"{path}: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("around", ["\ufeff{}", "\t{}", "{}\r\n"])
def test_what_editors_add_is_no_mistake(tmp_path: Path, around: str) -> None:
    """A mark at the beginning, tabs and the line ends of Windows change nothing."""
    path = tmp_path / "peerline.toml"
    text = around.format("[school]\r\n\tid\t= 'elm'")
    path.write_bytes(text.encode())
    assert load(path, {}).school.id == "elm"


def test_a_value_is_never_repeated(tmp_path: Path) -> None:
    """A password that was written wrongly, or into the wrong place, stands in no message."""
    for text in (
        "[pager.mail]\npassword = secret-word\n",
        'database = "mysql://u:secret-word@elm/x"\n',
        'redis = "redis:secret-word@elm"\n',
        '[server]\nport = "secret-word"\n',
    ):
        with pytest.raises(BadSettings) as refused:
            load(written(tmp_path, text), {})
        assert "secret-word" not in str(refused.value)


def test_a_list_may_stand_in_a_variable() -> None:
    """It is written as in the file; anything else is told with how."""
    assert load(None, {"PEERLINE__SERVER__ORIGINS": '["https://a.example"]'}).server.origins
    for wrong in ("https://a.example", "[https://a.example]"):
        with pytest.raises(BadSettings, match=r"PEERLINE__SERVER__ORIGINS: .*a list"):
            load(None, {"PEERLINE__SERVER__ORIGINS": wrong})


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("PEERLINE__SERVR__PORT", "PEERLINE__SERVR__PORT: servr: there is no such"),
        ("PEERLINE__SERVER__PROT", "PEERLINE__SERVER__PROT: server.prot: there is no such"),
        ("PEERLINE_SERVER_PORT", "PEERLINE__SERVER__PORT"),
    ],
)
def test_a_variable_that_is_wrong_is_named(name: str, told: str) -> None:
    """Whoever set it reads its own name, also where an underscore is missing."""
    with pytest.raises(BadSettings) as refused:
        load(None, {name: "1"})
    assert told in str(refused.value)
    assert load(None, {"PEERLINE_TEST_REDIS": "valkey-server"}) == Settings()

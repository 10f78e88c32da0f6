"""The command line of enrolment, as a safeguarding lead uses it, and the import on the server."""

from __future__ import annotations

import asyncio
import io
import json
import re
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import house
import run_server
from chat.settings_file import load
from commands import enrol
from moderation.identities import keyfile
from moderation.identities.sealed import Half
from moderation.records.refused import Refused
from tests.commands.conftest import audited

PASSPHRASE = "three quiet herons"
CSV = "name,class,number,band\nAnn Lee,9B,1001,year9\nBen Moss,9B,1002,year9\n"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Key files of four custodians and of the safe; each costs a quarter of a second to make."""
    folder = tmp_path_factory.mktemp("keys")
    found = {}
    for name, half in (("lee", "a"), ("lou", "a"), ("sue", "b"), ("sam", "b"), ("safe", "safe")):
        found[name] = folder / f"{name}.key"
        raw = keyfile.make(Half(half), name.title(), PASSPHRASE, secrets.token_bytes)
        found[name].write_bytes(raw)
    return found


pytestmark = pytest.mark.usefixtures("logs_as_before")


@pytest.fixture
def desk(keys: dict[str, Path], tmp_path: Path) -> Path:
    """A folder with the list of pupils and what the server says of its custodians."""
    (tmp_path / "pupils.csv").write_text(CSV)
    found = [keyfile.read(path.read_bytes())[0] for name, path in keys.items() if name != "safe"]
    lines = [{"half": one.half, "name": one.name, "public": one.public} for one in found]
    file = {"peerline": "custodians", "form": 1, "custodians": lines}
    (tmp_path / "custodians.json").write_text(json.dumps(file))
    return tmp_path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings of a server on another machine."""
    path = tmp_path / "peerline.toml"
    path.write_text(f'[server]\ndata = "{tmp_path}/server"\n')
    return path


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What comes in over the terminal."""
    return lambda words: monkeypatch.setattr("sys.stdin", io.StringIO(words))


def cards(*arguments: object) -> int:
    return run_server.main(["cards", *map(str, arguments)])


def make(desk: Path, *more: object) -> int:
    known = ("--pupils", desk / "pupils.csv", "--custodians", desk / "custodians.json")
    return cards("enrol", *known, "--out", desk / "new", *more)


def codes(page: Path) -> list[str]:
    return re.findall(r"<code>([0-9A-Z-]{19})</code>", page.read_text())


async def opens(config: Path, code: str) -> bool:
    async with house.open_ground(load(config, {})) as ground:
        try:
            return await ground.people.sign_in_student(code) is not None
        except Refused:
            return False


def test_pupils_are_enrolled_imported_and_come_in(
    desk: Path, config: Path, keys: dict[str, Path], types: Callable[[str], None]
) -> None:
    """Enrolled offline, tried with two keys, imported and audited; the card lets its pupil in."""
    types("yes\n")
    assert make(desk, "--safe-key", keys["safe"]) == 0
    for second in ("sam", "safe"):
        types(f"{PASSPHRASE}\n{PASSPHRASE}\n")
        both = ("--key", keys[second], "--key", keys["lou"])
        assert cards("try", desk / "new" / enrol.STUDENTS, *both) == 0
    assert cards("import", desk / "new" / enrol.STUDENTS, "--config", config) == 0
    first, _ = codes(desk / "new" / enrol.CARDS)
    assert asyncio.run(opens(config, first))

    roster = ("--roster", desk / "new" / enrol.ROSTER, "--name", "Ann Lee")
    assert cards("reissue", *roster, "--out", desk / "again") == 0
    assert cards("import", desk / "again" / enrol.STUDENTS, "--config", config) == 0
    (other,) = codes(desk / "again" / enrol.CARDS)
    assert not asyncio.run(opens(config, first))
    assert asyncio.run(opens(config, other))
    imported = [("console", "import_cards", "2 new, 0 again, 0 out")]
    imported += [
        ("console", "import_cards", "0 new, 1 again, 0 out"),
        ("console", "card_replaced", "a card"),
    ]
    assert asyncio.run(audited(config)) == imported


def test_a_stolen_card_is_taken_out_and_what_cannot_be_done_has_a_code(
    desk: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file for the server has no name; a second one for a replaced card is refused."""
    assert make(desk, "--compared") == 0
    assert cards("import", desk / "new" / enrol.STUDENTS, "--config", config) == 0
    (first, _), roster = codes(desk / "new" / enrol.CARDS), desk / "new" / enrol.ROSTER
    whose = ("--roster", roster, "--name", "Ann Lee")
    assert cards("end", *whose, "--out", desk / "out") == 0
    assert [path.name for path in (desk / "out").iterdir()] == [enrol.STUDENTS]
    assert "Ann" not in (desk / "out" / enrol.STUDENTS).read_text()
    assert cards("import", desk / "out" / enrol.STUDENTS, "--config", config) == 0
    assert "Taken out: 1." in capsys.readouterr().out
    assert not asyncio.run(opens(config, first))
    assert cards("reissue", *whose, "--out", desk / "again") == 0
    assert cards("import", desk / "again" / enrol.STUDENTS, "--config", config) == 0
    assert cards("import", desk / "out" / enrol.STUDENTS, "--config", config) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("replaced_card: this card was replaced before")


def test_nobody_is_sealed_for_before_fingerprints_were_compared(
    desk: Path, types: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each custodian's fingerprint is shown, and without a yes nothing is written."""
    types("no\n")
    assert make(desk) == 1
    assert len(re.findall(r"  ([0-9A-Z]{4}-){7}", capsys.readouterr().out)) == 4
    assert not (desk / "new").exists()


def test_which_pupils_may_meet_is_told_before_anything_is_sealed(
    desk: Path, types: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each age band with how many it has, and those who were given none."""
    (desk / "pupils.csv").write_text(f"{CSV}Cy Orr,12A,1003,\nDi Poe,7C,1004,\n")
    types("no\n")
    assert make(desk) == 1
    told = capsys.readouterr().out
    assert re.search(
        r"^  all +2  \(no band: the youngest may meet the oldest\)$", told, re.MULTILINE
    )
    assert re.search(r"^  year9 +2$", told, re.MULTILINE)


def test_a_card_says_where_the_chat_is(desk: Path) -> None:
    """Whoever holds one knows what to type into a browser, if the lead has said it."""
    assert make(desk, "--compared", "--address", "https://chat.elm.example/<x>") == 0
    page = (desk / "new" / enrol.CARDS).read_text()
    assert page.count("Go to <strong>https://chat.elm.example/&lt;x&gt;</strong>") == 2


def test_a_card_says_whom_to_call(desk: Path) -> None:
    """A server that is down shows nobody a number; none stands there unless the lead named one."""
    lines = ("--line", "Childline 0800 1111", "--line", "<Emergency> 999")
    assert make(desk, "--compared", *lines) == 0
    page = (desk / "new" / enrol.CARDS).read_text()
    assert page.count("<strong>Childline 0800 1111, &lt;Emergency&gt; 999</strong>") == 2


def test_of_two_key_files_the_one_that_does_not_open_is_named(
    desk: Path,
    keys: dict[str, Path],
    types: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With two passphrases to type it is said which was wrong, and neither is repeated."""
    assert make(desk, "--compared") == 0
    types(f"{PASSPHRASE}\nthree loud herons\n")
    both = ("--key", keys["lee"], "--key", keys["sue"])
    assert cards("try", desk / "new" / enrol.STUDENTS, *both) == 2
    told = capsys.readouterr().err
    assert told == "peerline: sue.key: the passphrase does not open this key file\n"


def test_what_is_written_is_its_owners_alone(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names and codes lie in one new folder, which nobody else can read and nothing overwrites."""
    assert make(desk, "--compared") == 0
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (desk / "new").iterdir()}
    assert modes == dict.fromkeys((enrol.CARDS, enrol.STUDENTS, enrol.ROSTER), 0o600)
    assert stat.S_IMODE((desk / "new").stat().st_mode) == 0o700
    assert make(desk, "--compared") == 2
    assert "Ann" not in capsys.readouterr().err


@pytest.mark.parametrize("pair", [("lee", "lou"), ("sue", "sam"), ("sue", "safe"), ("lee", "lee")])
def test_two_keys_of_one_rank_try_nothing(
    desk: Path,
    keys: dict[str, Path],
    pair: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The tool says whose keys are needed; what it tries are canaries, never a pupil."""
    assert make(desk, "--compared", "--safe-key", keys["safe"]) == 0
    both = [part for name in pair for part in ("--key", keys[name])]
    assert cards("try", desk / "new" / enrol.STUDENTS, *both) == 2
    assert "one safeguarding lead and one senior leader" in capsys.readouterr().err


def test_a_safe_key_is_made_for_the_safe(
    desk: Path, types: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its file opens with its passphrase only; a custodian's own key cannot take its place."""
    types(f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert cards("safe-key", "--out", desk / "safe.key") == 0
    assert "Fingerprint" in capsys.readouterr().out
    assert keyfile.unlock((desk / "safe.key").read_bytes(), PASSPHRASE)
    types(f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert cards("safe-key", "--out", desk / "safe.key") == 2  # never over another one


def test_a_mistyped_passphrase_locks_no_safe(
    desk: Path, types: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody sees what they type, so it is typed twice; of two that differ no key is made."""
    types(f"{PASSPHRASE}\n{PASSPHRASE}s\n")
    assert cards("safe-key", "--out", desk / "safe.key") == 2
    assert "not the same" in capsys.readouterr().err
    assert not (desk / "safe.key").exists()


def test_a_custodians_key_is_no_safe_key(
    desk: Path, keys: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise one person could hold both halves without anybody noticing."""
    assert make(desk, "--compared", "--safe-key", keys["lee"]) == 2
    assert "custodian's own key" in capsys.readouterr().err
    assert not (desk / "new").exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "no students.json"),
        ('{"peerline": "roster", "form": 1, "pupils": []}', "no students.json"),
        ('{"peerline": "students", "form": 1}', "nobody in it"),
        ("not json", "no students.json"),
    ],
)
def test_a_file_with_nobody_in_it_is_no_import(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, why: str
) -> None:
    """Whoever took the wrong file is told so, in one line, and nothing is said to be done."""
    file = tmp_path / "wrong.json"
    file.write_text(text)
    assert cards("import", file, "--config", config) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert why in told.err
    assert len(told.err.splitlines()) == 1

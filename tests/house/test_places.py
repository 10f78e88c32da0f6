from __future__ import annotations

import stat
from pathlib import Path

from msgspec.structs import replace

from chat.settings import Server, Settings
from house.places import data_directory, database_url, origins_of


def test_the_records_lie_in_the_data_directory_unless_told_otherwise() -> None:
    """A database that is set wins."""
    plain = Settings(server=Server(data="somewhere"))
    assert database_url(plain) == "sqlite:///somewhere/peerline.db"
    assert database_url(replace(plain, database="sqlite:///x.db")) == "sqlite:///x.db"


def test_what_lasts_is_for_its_owner_only(tmp_path: Path) -> None:
    """The data directory is made with all its parents, readable by nobody else."""
    data = data_directory(Settings(server=Server(data=str(tmp_path / "a" / "b"))))
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_browsers_know_the_house_by_its_origins() -> None:
    """As set; otherwise this machine's names, with https where there is a certificate."""
    server = Server(port=1234)
    assert origins_of(Settings(server=server)) == ("http://localhost:1234", "http://127.0.0.1:1234")
    secure = replace(server, tls_certificate="some.pem")
    assert origins_of(Settings(server=secure)) == (
        "https://localhost:1234",
        "https://127.0.0.1:1234",
    )
    named = replace(server, origins=("https://chat.elm.example",))
    assert origins_of(Settings(server=named)) == ("https://chat.elm.example",)

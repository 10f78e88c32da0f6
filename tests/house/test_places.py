from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from chat.settings import BadSettings, Server, Settings
from house.places import data_directory, database_url, origins_of, tls_of


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


@pytest.mark.parametrize("origin", ["http://chat.elm.example", "http://10.1.2.3:8080"])
def test_nobody_is_served_where_words_could_be_read_on_the_way(origin: str) -> None:
    """Without TLS a browser on another machine is told of no address; one on this machine may."""
    here = Server(origins=("http://localhost:1234", "http://127.0.0.1", "http://[::1]:1234"))
    assert origins_of(Settings(server=here)) == here.origins
    with pytest.raises(BadSettings, match=rf"^server\.origins: {re.escape(origin)} .*https://"):
        origins_of(Settings(server=replace(here, origins=("https://elm.example", origin))))


def test_a_place_that_cannot_be_used_is_named_with_its_setting(tmp_path: Path) -> None:
    """A data directory that cannot be made, and a certificate that is missing or none."""
    (tmp_path / "file").write_text("no certificate")
    with pytest.raises(BadSettings, match=r"^server\.data: .*Not a directory"):
        data_directory(Settings(server=Server(data=str(tmp_path / "file" / "data"))))
    there, missing = str(tmp_path / "file"), str(tmp_path / "missing")
    with pytest.raises(BadSettings, match=r"^server\.tls_certificate: .*missing is not there"):
        tls_of(Settings(server=Server(tls_certificate=missing)))
    with pytest.raises(BadSettings, match=r"^server\.tls_key: .*missing is not there"):
        tls_of(Settings(server=Server(tls_certificate=there, tls_key=missing)))
    with pytest.raises(BadSettings, match="both as PEM"):
        tls_of(Settings(server=Server(tls_certificate=there, tls_key=there)))

from __future__ import annotations

import gzip
import re
from pathlib import Path

from web import assets
from web.app import STATIC


def test_only_what_pages_load_is_found(tmp_path: Path) -> None:
    """Known kinds of file, at any depth; no source, no link out of the folder, no folder."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.js").write_text("1")
    (tmp_path / "y.css").write_text("2")
    (tmp_path / "z.py").write_text("3")
    (tmp_path / "folder.css").mkdir()
    (tmp_path / "out.css").symlink_to("/etc/hostname")
    assert assets.load(tmp_path).keys() == {"a/x.js", "y.css"}


def test_the_tag_changes_with_the_file_and_the_packed_form_is_the_same_file(tmp_path: Path) -> None:
    """Equal bytes, equal tag; other bytes, another; unpacking gives the bytes back."""
    (tmp_path / "x.js").write_text("one")
    one = assets.load(tmp_path)["x.js"]
    assert assets.load(tmp_path)["x.js"] == one
    (tmp_path / "x.js").write_text("two")
    two = assets.load(tmp_path)["x.js"]
    assert one.tag != two.tag
    assert gzip.decompress(two.packed) == two.body == b"two"


def test_a_stylesheet_is_served_whole(tmp_path: Path) -> None:
    """Its parts stand where it imports them, in that order, and change its tag."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "one.css").write_text("b {}\n")
    (tmp_path / "page" / "two.css").write_text("c {}\n")
    (tmp_path / "page.css").write_text('a {}\n@import "page/two.css";\n@import "page/one.css";\n')
    before = assets.load(tmp_path)["page.css"]
    assert before.body.split() == b"a {} c {} b {}".split()
    (tmp_path / "page" / "one.css").write_text("d {}\n")
    assert assets.load(tmp_path)["page.css"].tag != before.tag


def test_no_stylesheet_makes_a_page_ask_again() -> None:
    """Every import of the product is one that is replaced."""
    assert [name for name, asset in assets.load(STATIC).items() if b"@import" in asset.body] == []


def test_a_colour_scheme_alters_colours_alone() -> None:
    """In the dark only values of tokens are others, so what is shown and how large is the same."""
    asking = [one for one in STATIC.rglob("*.[cj]s*") if "prefers-color-scheme" in one.read_text()]
    assert asking == [STATIC / "tokens.css"]
    (dark,) = re.findall(r"dark\) {\n  :root {\n(.*?)  }\n}", asking[0].read_text(), re.DOTALL)
    tokens = [line.strip() for line in dark.splitlines() if line]
    assert len(tokens) > 20
    assert [one for one in tokens if not re.match(r"--[a-z-]+: .*(?:#|rgb\()", one)] == []

from __future__ import annotations

import pytest

from chat.errors import REFUSALS
from web.answers import _HEADINGS, Pages


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_refusal_has_a_page(code: str) -> None:
    """Whatever is refused, a person who asked for a page gets a heading and the words."""
    refusal = REFUSALS[code]
    heading = _HEADINGS.get(refusal.status, _HEADINGS[500])
    page = Pages("Our school", ()).render(
        "error.html", heading=heading, words=refusal.words, code=code, staff=False
    )
    assert refusal.words.replace("'", "&#39;") in str(page.text)


def test_a_page_escapes_what_it_is_given() -> None:
    """No value becomes markup."""
    page = Pages("<s>", ()).render(
        "error.html", heading="<i>", words="<b>&", code="internal", staff=True
    )
    assert "&lt;b&gt;&amp;" in str(page.text)
    assert "<i>" not in str(page.text)


def test_a_value_that_is_missing_is_a_fault_and_not_a_blank() -> None:
    """A template never shows an empty place where something should stand."""
    with pytest.raises(Exception, match="words"):
        Pages("Our school", ()).render("error.html", heading="x")

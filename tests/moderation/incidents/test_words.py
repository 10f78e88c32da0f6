from moderation.incidents.words import words
from moderation.terms import Category


def test_every_category_has_words_of_its_own() -> None:
    """Each class is told in plain words; an unknown one is never repeated."""
    told = [words(category) for category in Category]
    assert len(set(told)) == len(told)
    assert words("<b>anything</b>") == "a concern"

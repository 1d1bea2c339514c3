"""Every language is offered, by its name for the reader and in their order."""

import pytest
from django.utils import translation

from campaigns import languages
from campaigns.models import PostWords


@pytest.mark.parametrize(("reader", "code", "name"), [("en", "tl", "Tagalog"), ("fr", "am", "amharique")])
def test_languages_that_django_does_not_know_have_names(reader, code, name):
    with translation.override(reader):
        assert (code, name) in languages.others(["en", "fr"])
        assert languages.name_of(code) == name


@pytest.mark.parametrize("reader", ["en", "fr", "es"])
def test_they_stand_in_the_order_of_the_alphabet(reader):
    with translation.override(reader):
        names = [name.casefold() for _code, name in languages.others(["en", "fr", "es", "ar"])]
    first = [name for name in names if name.isascii()]
    assert first == sorted(first, key=lambda name: name.replace("-", " "))
    assert len(names) > 200


def test_words_in_any_language_are_named_and_turned_the_right_way():
    assert PostWords(language="am").language_name == "አማርኛ"
    assert PostWords(language="ckb").direction == "rtl"
    assert PostWords(language="tlh").language_name
    assert languages.name_of("xx") == "xx"

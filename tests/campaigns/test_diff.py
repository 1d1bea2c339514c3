"""What changed between two texts is told in words, and nothing of either text is lost."""

import random
from itertools import pairwise

import pytest

from campaigns import diff
from campaigns.templatetags import diffs


def told(before, after):
    return diff.words(before, after)


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("Same.", "Same.", [("same", "Same.")]),
        ("", "", []),
        ("", "New.", [("new", "New.")]),
        ("Gone.", "", [("gone", "Gone.")]),
        (
            "We call on all states to act.",
            "We call on all governments to act.",
            [("same", "We call on all "), ("gone", "states"), ("new", "governments"), ("same", " to act.")],
        ),
        (
            "First.\n\nThird.",
            "First.\n\nSecond.\n\nThird.",
            [("same", "First.\n\n"), ("new", "Second.\n\n"), ("same", "Third.")],
        ),
    ],
)
def test_paragraphs_and_words_that_changed_are_told(before, after, parts):
    assert told(before, after) == parts


def test_words_that_changed_side_by_side_are_one_exchange():
    parts = told("They must end the detention of children today.", "They must never again jail of children today.")
    assert [kind for kind, _text in parts] == ["same", "gone", "new", "same"]


def test_another_paragraph_is_told_as_another_not_as_a_heap_of_words():
    parts = told("Women march on Monday for roses.", "Children stay at home, cold and alone: nobody came.")
    assert [kind for kind, _text in parts] == ["gone", "new"]


def test_nothing_is_lost_whatever_is_compared():
    chance = random.Random(8)
    alphabet = ["migrants", "women", " ", " ", "\n\n", ".", ",", "é", "نساء", "don’t"]
    for _round in range(200):
        before, after = ("".join(chance.choices(alphabet, k=chance.randrange(60))) for _text in "ab")
        parts = told(before, after)
        assert "".join(text for kind, text in parts if kind != "new") == before
        assert "".join(text for kind, text in parts if kind != "gone") == after
        assert all(text for _kind, text in parts)
        assert all(one[0] != other[0] for one, other in pairwise(parts))


def test_long_passages_are_compared_in_time():
    before, after = "one two " * 50_000, "three two " * 50_000
    assert [kind for kind, _text in told(before, after)] == ["gone", "new"]


def test_what_is_shown_is_said_too_and_escaped():
    html = diffs.changes("a <b> c d", "a <i> c d")
    assert '<del><span class="visually-hidden">[Removed:] </span>b</del>' in html
    assert "&lt;" in html
    assert "<b>" not in html

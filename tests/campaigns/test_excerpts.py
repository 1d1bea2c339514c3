"""An excerpt is what staff wrote, or whole sentences from the beginning."""

import pytest

from campaigns.excerpts import cut, excerpt_of, plain
from campaigns.models import PostWords


def test_written_ones_stand():
    assert excerpt_of(PostWords(excerpt=" In short. ", body="Long.")) == "In short."


@pytest.mark.parametrize(
    ("words", "length", "expected"),
    [
        ("Short.", 20, "Short."),
        ("One sentence. Another one that is long.", 20, "One sentence."),
        ("He said “Go.” And they went on and on.", 20, "He said “Go.”"),
        ("Es ist 3.5 Prozent mehr als im Jahr davor", 20, "Es ist 3.5 Prozent …"),
        ("كتبت النساء هذا. ثم ذهبن إلى المدينة البعيدة", 20, "كتبت النساء هذا."),
        ("هل هذا صحيح؟ نعم إنه صحيح تماما", 20, "هل هذا صحيح؟"),
    ],
)
def test_cut_at_a_sentence_else_at_a_word(words, length, expected):
    assert cut(words, length) == expected


def test_markup_and_footnotes_are_left_out():
    assert plain("## Head\n\nAll **migrants**[^1] have [rights](https://x.example).\n\n[^1]: A note.") == (
        "Head All migrants have rights."
    )

"""Who changed what when; addresses that a piece had lead on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import histories, piece_checking, publishing
from campaigns.models import FormerSlug, Post
from tests.campaigns.pieces import a_photo, a_post, said
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_each_step_names_who_did_it_and_what_the_words_were():
    asha, brenda = UserFactory(), UserFactory()
    post = publishing.begin(Post(), by=asha, title="Five years", body="Much was done.")
    text = post.words.get()
    publishing.write(post, "en", by=brenda, seen=publishing.mark_of(text), title="Five years", body="Little was done.")
    publishing.publish(post, by=asha)
    published, changed, begun = histories.steps(post)
    assert (published.move, published.by, published.changes, published.is_other) == ("published", asha, [], False)
    assert (changed.move, changed.by) == ("", brenda)
    assert [(each.language, each.field, each.before, each.after) for each in changed.changes] == [
        ("en", "body", "Much was done.", "Little was done.")
    ]
    assert (begun.move, begun.by, begun.is_other) == ("begun", asha, True)


def test_a_piece_that_was_read_by_the_page_is_kept_as_it_is_now_not_as_it_was_read():
    """What was fetched beforehand is not what a version holds."""
    post = a_post()
    read = Post.objects.with_words().get(pk=post.pk)
    assert read.words.all()
    text = post.words.get()
    publishing.write(read, "en", by=None, seen=publishing.mark_of(text), title="Other", body="Words.")
    assert histories.words_of(publishing.versions(post)[0])["en"]["title"] == "Other"


def test_two_who_change_different_things_keep_both():
    post = a_post()
    mine, theirs = Post.objects.get(pk=post.pk), Post.objects.get(pk=post.pk)
    publishing.change(mine, by=None, author="Asha")
    publishing.change(theirs, by=None, source_name="The Star")
    post.refresh_from_db()
    assert (post.author, post.source_name) == ("Asha", "The Star")


def test_short_names_are_made_of_titles_and_taken_once():
    first = publishing.begin(Post(), by=None, title="Five years!")
    second = publishing.begin(Post(), by=None, title="Five years")
    arabic = publishing.begin(Post(original_language="ar"), by=None, title="خمس سنوات")
    assert [first.slug, second.slug, arabic.slug] == ["five-years", "five-years-2", "post"]


def test_a_draft_is_renamed_without_a_trace_and_what_was_published_leads_on():
    post = publishing.begin(Post(), by=None, title="First", body="Words.")
    publishing.rename(post, "second", by=None)
    assert not FormerSlug.objects.exists()
    publishing.publish(post, by=None)
    publishing.rename(post, "third", by=None)
    assert publishing.moved(Post, "second") == post
    publishing.take_back(post, by=None)
    publishing.rename(post, "fourth", by=None)
    assert publishing.moved(Post, "third") is None
    publishing.publish(post, by=None)
    assert publishing.moved(Post, "third") == post
    other = publishing.begin(Post(), by=None, title="Third")
    assert other.slug == "third-2"
    with pytest.raises(publishing.Taken):
        publishing.rename(other, "second", by=None)
    publishing.rename(post, "second", by=None)
    assert publishing.moved(Post, "second") is None


def test_what_lacks_is_told_by_language():
    post = a_post(
        {"en": ("A title", "See [this](http://a.example/) ![](x.png).[^1]"), "fr": "Un titre"}, photo=a_photo()
    )
    post.words.filter(language="en").update(changed_at=timezone.now() + timedelta(minutes=1))
    found = [(each.language, each.code) for each in piece_checking.findings(Post.objects.with_words().get())]
    assert found[0] == ("en", "no_excerpt")
    assert sorted(found) == [
        ("en", "mark_without_note"),
        ("en", "no_excerpt"),
        ("en", "no_https"),
        ("en", "picture_in_text"),
        ("fr", "no_excerpt"),
        ("fr", "older"),
        ("fr", "photo_unsaid"),
    ]


def test_what_has_all_is_told_nothing():
    post = said(Post.objects.create(slug="whole"), {"en": "A title"})
    post.words.update(excerpt="Short.")
    assert piece_checking.findings(post) == []

"""Pieces are written in each language, published at their moment, and can be made what they were."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import publishing
from campaigns.models import Post
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def a_post(**fields):
    return Post.objects.create(slug="five-years", **fields)


def written(post, language="en", *, seen="new", by=None, title="Five years", body="Much was done."):
    return publishing.write(post, language, by=by, seen=seen, title=title, body=body)


def test_a_draft_is_nobody_s_but_staff_s():
    post = a_post()
    with pytest.raises(publishing.Unwritten):
        publishing.publish(post, by=None)
    written(post)
    assert list(Post.objects.published()) == []
    publishing.publish(post, by=None, at=timezone.now() + timedelta(hours=1))
    assert list(Post.objects.published()) == []
    publishing.publish(post, by=None)
    assert list(Post.objects.published()) == [post]


def test_what_is_taken_back_has_another_secret_link():
    post = a_post()
    before = post.draft_key
    written(post)
    publishing.publish(post, by=None)
    publishing.take_back(post, by=None)
    post.refresh_from_db()
    assert not post.is_published()
    assert post.draft_key != before


def test_it_is_read_in_each_language_and_else_in_its_original():
    post = a_post()
    written(post)
    written(post, "fr", title="Cinq ans")
    post = Post.objects.with_words().get()
    assert [post.text(language).title for language in ("en", "fr", "ar")] == ["Five years", "Cinq ans", "Five years"]
    assert post.text("fr").is_original is False


def test_two_who_write_at_once_lose_nothing():
    post = a_post()
    first = written(post)
    seen = publishing.mark_of(first)
    written(post, seen=seen, body="Mine.")
    with pytest.raises(publishing.Changed) as raised:
        written(post, seen=seen, body="Yours.")
    assert raised.value.current.body == "Mine."


def test_each_change_is_a_version_with_who_made_it_and_can_be_taken_back():
    post, asha, brenda = a_post(), UserFactory(), UserFactory()
    first = written(post, by=asha, body="One.")
    written(post, "fr", by=asha, body="Un.")
    written(post, by=brenda, seen=publishing.mark_of(first), body="Two.")
    newest, before, _first = publishing.versions(post)
    assert [newest.revision.user, before.revision.user] == [brenda, asha]
    publishing.restore(post, before, by=brenda)
    assert {text.language: text.body for text in post.words.all()} == {"en": "One.", "fr": "Un."}
    assert publishing.versions(post).count() == 4

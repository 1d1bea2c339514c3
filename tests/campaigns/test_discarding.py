"""Somebody deletes a draft while somebody else publishes it, or shows a photo that is being deleted."""

import pytest

from campaigns import discarding, publishing
from campaigns.models import Photo, Post
from tests.campaigns.pieces import a_photo, a_post
from tests.elsewhere import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("again", range(4))
def test_of_deleting_and_publishing_at_once_one_wins(again):
    draft = a_post(published_at=None)
    deleted, published = together(
        lambda: discarding.discard(Post.objects.get(pk=draft.pk), by=None),
        lambda: publishing.publish(Post.objects.get(pk=draft.pk), by=None),
    )
    standing = Post.objects.filter(pk=draft.pk).first()
    if standing is None:
        assert deleted is None
        assert isinstance(published, Post.DoesNotExist)
    else:
        assert isinstance(deleted, discarding.InTheWay)
        assert published is None
        assert standing.is_published()


@pytest.mark.parametrize("again", range(4))
def test_two_who_delete_at_once_delete_once(again):
    draft = a_post(published_at=None)
    results = together(*[lambda: discarding.discard(Post(pk=draft.pk), by=None)] * 2)
    assert sorted(type(each).__name__ for each in results) == ["DoesNotExist", "NoneType"]


def test_a_photo_that_came_into_use_since_it_was_looked_at_is_kept():
    photo = a_photo()
    assert discarding.reasons(photo) == []
    a_post(photo=photo)
    with pytest.raises(discarding.InTheWay):
        discarding.discard(photo, by=None)
    assert Photo.objects.exists()

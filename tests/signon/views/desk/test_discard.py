"""What nobody ever read is deleted after a page that asked; what was published, or is used, is kept and says why."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from reversion.models import Version

from campaigns import documents, network, publishing
from campaigns.models import Document, Event, Page, Photo, Post
from signon.models import Membership
from tests.campaigns.pieces import a_document, a_page, a_photo, a_post, an_event
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db
KINDS = {"posts": (Post, a_post), "events": (Event, an_event), "pages": (Page, a_page)}


@pytest.fixture
def editor(staff):
    return staff("editor")


def url(kind, thing):
    return f"/desk/site/{kind}/{thing.pk}/delete/"


def says(client, kind, thing, words):
    """It is kept, and both the page and the button's answer say why."""
    for answer, status in ((client.get(url(kind, thing)), 200), (client.post(url(kind, thing)), 409)):
        assert answer.status_code == status
        assert words in answer.content.decode()
    assert type(thing).objects.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_that_nobody_read_is_deleted_and_its_history_stays(client, editor, kind):
    model, make = KINDS[kind]
    draft = make({"en": "Never", "fr": "Jamais"}, published_at=None)
    assert url(kind, draft) in client.get(f"/desk/site/{kind}/{draft.pk}/publish/").content.decode()
    assert "Delete this for good?" in client.get(url(kind, draft)).content.decode()
    assert model.objects.exists()  # looking deletes nothing
    assert client.post(url(kind, draft))["Location"] == f"/desk/site/{kind}/"
    assert not model.objects.exists()
    last = Version.objects.get_deleted(model).get()
    assert (last.revision.comment, last.revision.user) == ("deleted", editor)
    texts = [each.field_dict["title"] for each in last.revision.version_set.all() if "title" in each.field_dict]
    assert sorted(texts) == ["Jamais", "Never"]


def test_what_was_published_is_withdrawn_and_not_deleted(client, editor):
    post = a_post(published_at=None)
    publishing.publish(post, by=editor)
    says(client, "posts", post, "It was published once.")
    publishing.take_back(post, by=editor)
    says(client, "posts", post, "It was published once.")
    assert url("posts", post) not in client.get(f"/desk/site/posts/{post.pk}/publish/").content.decode()


def test_what_is_scheduled_is_taken_back_first(client, editor):
    post = a_post(published_at=None)
    publishing.publish(post, by=editor, at=timezone.now() + timedelta(days=1))
    says(client, "posts", post, "It is scheduled")
    publishing.take_back(post, by=editor)
    client.post(url("posts", post))
    assert not Post.objects.exists()


def test_what_something_refers_to_is_kept(client, editor):
    post = a_post(published_at=None)
    a_document(post=post)
    says(client, "posts", post, "Documents (1)")
    event = an_event(published_at=None, slug="caucus")
    a_page({"en": ("About us", "We meet at the [caucus](/fr/events/caucus/).")})
    says(client, "events", event, "“About us”")


def test_a_piece_that_names_its_own_address_is_deleted_all_the_same(client, editor):
    post = a_post({"en": ("A", "See [this](/news/own/).")}, published_at=None, slug="own")
    client.post(url("posts", post))
    assert not Post.objects.exists()


def test_an_unused_photo_goes_with_its_files(client, editor, django_capture_on_commit_callbacks):
    photo = a_photo()
    names = [f"photos/{photo.key}/{width}.webp" for width in photo.widths]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("photos", photo))
    assert not Photo.objects.exists()
    assert not any(default_storage.exists(name) for name in names)


def test_a_photo_that_something_shows_is_kept(client, editor):
    shown, logo, front, named = a_photo(), a_photo(), a_photo(front_place=1), a_photo()
    a_post(photo=shown)
    network.change(logo=logo)
    a_post({"en": ("Named", f"![It](/media/photos/{named.key}/480.webp)")})
    for photo, words in ((shown, "Posts (1)"), (logo, "Network (1)"), (front, "front page"), (named, "“Named”")):
        says(client, "photos", photo, words)


def test_a_document_that_nobody_could_fetch_goes_with_its_file(client, editor, django_capture_on_commit_callbacks):
    document = a_document(published_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("documents", document))
    assert not default_storage.exists(document.file_name)
    assert not Document.objects.exists()


def test_a_document_that_was_published_is_kept(client, editor):
    document = a_document(published_at=None)
    documents.publish(document)
    documents.take_back(document)
    document.refresh_from_db()
    says(client, "documents", document, "It was published once.")
    linked = a_document(published_at=None)
    a_post({"en": ("Priorities", f"See [it](/documents/{linked.key}/).")})
    says(client, "documents", linked, "It is used here")


def test_a_campaign_s_manager_deletes_what_is_their_own(client, staff):
    user, campaign = staff("campaign_manager"), CampaignFactory()
    Membership.objects.create(user=user, campaign=campaign)
    own, other = a_post(campaign=campaign, published_at=None), a_post(published_at=None)
    assert client.post(url("posts", other)).status_code == 404
    assert client.post(url("posts", own)).status_code == 302
    for kind, thing in (("pages", a_page(published_at=None)), ("photos", a_photo())):
        assert client.post(url(kind, thing)).status_code == 403
    assert list(Post.objects.all()) == [other]


def test_who_only_reads_deletes_nothing(client, staff):
    staff("auditor")
    post = a_post(published_at=None)
    assert client.post(url("posts", post)).status_code == 403
    assert Post.objects.exists()

"""Posts, events and pages are begun, written in their languages, scheduled, and made what they were; at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns import histories, publishing
from campaigns.models import Event, Post, Publisher
from signon.models import Membership
from tests.campaigns.pieces import a_page, a_photo, a_post, an_event
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(staff):
    return staff("editor")


def url(post, end=""):
    return f"/desk/site/posts/{post.pk}/{end}"


def seen(post, language="en"):
    return publishing.mark_of(post.words.filter(language=language).first())


def test_a_post_is_begun_written_translated_and_published(client, editor):
    answer = client.post("/desk/site/posts/new/", {"title": "Five years", "original_language": "en", "kind": "news"})
    post = Post.objects.get()
    assert (answer["Location"], post.slug, post.state) == (url(post), "five-years", "draft")
    words = {"language": "en", "title": "Five years on", "excerpt": "Much was done.", "body": "## How\n\nWell."}
    client.post(url(post), {**words, "seen": seen(post)})
    client.post(url(post), {**words, "language": "fr", "title": "Cinq ans", "seen": "new"})
    post = Post.objects.with_words().get()
    assert [post.text(language).title for language in ("en", "fr")] == ["Five years on", "Cinq ans"]
    assert client.get("/news/five-years/").status_code == 404
    client.post(url(post, "act/publish/"))
    assert "Five years on" in client.get("/news/five-years/").content.decode()
    assert publishing.versions(post)[0].revision.user == editor


def test_an_event_begins_with_its_moments_in_its_zone(client, editor):
    given = {
        "title": "Hearing",
        "original_language": "en",
        "zone": "America/New_York",
        "starts_at": "2031-07-17T16:00",
        "ends_at": "2031-07-17T18:30",
    }
    answer = client.post("/desk/site/events/new/", given | {"ends_at": "2031-07-17T15:00"})
    assert answer.status_code == 422
    assert "It must begin before it ends." in answer.content.decode()
    client.post("/desk/site/events/new/", given)
    event = Event.objects.get()
    assert event.starts_at == datetime(2031, 7, 17, 20, tzinfo=UTC)
    page = client.get(f"/desk/site/events/{event.pk}/particulars/").content.decode()
    assert 'value="2031-07-17T16:00"' in page


def test_the_preview_shows_what_is_typed_and_keeps_nothing(client, editor):
    post = a_post()
    typed = {"language": "en", "title": "Typed", "body": "**Bold** <script>x</script>", "seen": seen(post)}
    fragment = client.post("/desk/site/preview/", typed).content.decode()
    assert "<strong>Bold</strong>" in fragment
    assert "<script>" not in fragment
    page = client.post(url(post), typed | {"act": "preview"}).content.decode()
    assert "<strong>Bold</strong>" in page
    assert not post.words.filter(title="Typed").exists()


def test_two_who_write_at_once_both_keep_their_words(client, editor):
    post = a_post()
    before = seen(post)
    publishing.write(post, "en", by=None, seen=before, title="Theirs", body="Their words.")
    answer = client.post(url(post), {"language": "en", "title": "Mine", "body": "My words.", "seen": before})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Their words." in page
    assert "My words." in page
    assert seen(post) in page
    client.post(url(post), {"language": "en", "title": "Both", "body": "Ours.", "seen": seen(post)})
    assert post.words.get().title == "Both"


def test_it_is_scheduled_in_the_network_s_zone_and_appears_by_itself(client, editor):
    Publisher.objects.create(zone="Africa/Nairobi")
    post = publishing.begin(Post(), by=editor, title="Soon")
    page = client.get(url(post, "publish/")).content.decode()
    assert "Nairobi time" in page
    client.post(url(post, "publish/"), {"at": "2031-03-08T09:00"})
    post.refresh_from_db()
    assert post.published_at == datetime(2031, 3, 8, 6, tzinfo=UTC)
    assert "8 March 2031, 09:00" in client.get("/desk/site/posts/?state=scheduled").content.decode()
    assert client.get("/news/soon/").status_code == 404
    Post.objects.update(published_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/news/soon/").status_code == 200
    assert client.post(url(post, "publish/"), {"at": "2020-03-08T09:00"}).status_code == 422


def test_the_publication_s_page_tells_what_it_lacks_and_bars_nothing(client, editor):
    post = a_post({"en": ("Title", "[here](http://plain.example/)")}, published_at=None, photo=a_photo())
    post.words.create(language="fr", title="Titre", changed_at=timezone.now() - timedelta(days=1))
    page = client.get(url(post, "publish/")).content.decode()
    for words in ("It has no excerpt", "write https", "What its photo shows is not said in French", "compare the two"):
        assert words in page
    client.post(url(post, "act/publish/"))
    post.refresh_from_db()
    assert post.is_published()


@pytest.mark.parametrize(("kind", "make"), [("posts", a_post), ("events", an_event), ("pages", a_page)])
def test_a_draft_is_read_by_its_secret_link_until_it_is_taken_back(client, staff, kind, make):
    piece = make({"en": "SECRET draft"}, published_at=None)
    link = f"/drafts/{kind}/{piece.draft_key}/"
    answer = client.get(link)
    assert "SECRET draft" in answer.content.decode()
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert client.get(f"/drafts/{kind}/x{piece.draft_key[1:]}x/").status_code == 404
    publishing.publish(piece, by=None)
    assert client.get(link)["Location"] == piece.get_absolute_url()
    publishing.take_back(piece, by=None)
    assert client.get(link).status_code == 404


def test_the_history_tells_who_changed_what_and_makes_it_as_it_was(client, editor):
    post = publishing.begin(Post(), by=editor, title="Title", body="Many women marched.")
    publishing.write(post, "en", by=editor, seen=seen(post), title="Title", body="Few women marched.")
    page = client.get(url(post, "history/")).content.decode()
    assert "[Removed:] </span>Many</del>" in page
    assert str(editor) in page
    first = publishing.versions(post).last()
    client.post(url(post, f"history/{first.pk}/restore/"))
    assert post.words.get().body == "Many women marched."


def test_a_new_short_name_leads_on_from_the_old_one(client, editor):
    post = a_post({"en": "Old"}, slug="old")
    given = {"kind": "news", "slug": "new"}
    client.post(url(post, "particulars/"), given)
    answer = client.get("/news/old/")
    assert (answer.status_code, answer["Location"]) == (301, "/news/new/")
    a_post(slug="taken")
    answer = client.post(url(post, "particulars/"), given | {"slug": "taken"})
    assert answer.status_code == 422
    assert client.get("/news/new/").status_code == 200


def test_a_manager_writes_for_their_own_campaigns_alone(client, staff):
    user, own, other = staff("campaign_manager"), CampaignFactory(), CampaignFactory()
    Membership.objects.create(user=user, campaign=own)
    mine = a_post({"en": "Mine"}, campaign=own)
    theirs, nobodys = a_post({"en": "Theirs"}, campaign=other), a_post({"en": "Nobody’s"})
    listed = client.get("/desk/site/posts/").content.decode()
    assert "Mine" in listed
    assert "Theirs" not in listed
    for post in (theirs, nobodys):
        for end in ("", "particulars/", "publish/", "history/"):
            assert client.get(url(post, end)).status_code == 404
        assert client.post(url(post, "act/publish/")).status_code == 404
    given = {"title": "New", "original_language": "en", "kind": "news"}
    assert client.post("/desk/site/posts/new/", given).status_code == 422
    assert client.post("/desk/site/posts/new/", given | {"campaign": other.pk}).status_code == 422
    assert client.post("/desk/site/posts/new/", given | {"campaign": own.pk}).status_code == 302
    answer = client.post(url(mine, "particulars/"), {"kind": "news", "slug": mine.slug, "campaign": other.pk})
    assert answer.status_code == 422
    page = a_page()
    assert client.get("/desk/site/pages/").status_code == 403
    assert client.get(f"/desk/site/pages/{page.pk}/").status_code == 403


@pytest.mark.parametrize("role", ["verifier", "exporter"])
def test_who_does_not_write_does_not_come_in(client, staff, role):
    post = a_post()
    staff(role)
    for path in ("/desk/site/posts/", url(post), "/desk/site/photos/", "/desk/site/documents/"):
        assert client.get(path).status_code == 403
    assert client.post("/desk/site/preview/").status_code == 403


def test_lists_take_the_same_queries_whatever_there_is(client, editor, django_assert_max_num_queries):
    for number in range(5):
        a_post({"en": f"Title {number}", "fr": f"Titre {number}"})
    client.get("/desk/site/posts/")
    with django_assert_max_num_queries(20):
        client.get("/desk/site/posts/")
    post = Post.objects.last()
    with django_assert_max_num_queries(20):
        client.get(url(post))


def test_it_is_written_beside_the_text_and_the_history_tells_it(client, staff):
    editor, event = staff("editor"), an_event({"en": "Caucus"})
    url = f"/desk/site/events/{event.pk}/"
    words = {"language": "en", "title": "Caucus", "excerpt": "", "body": "…", "place": "Geneva", "prepares": "A summit"}
    assert client.post(url, {**words, "seen": seen(event)}).status_code == 302
    text = event.words.get()
    assert (text.place, text.prepares) == ("Geneva", "A summit")
    step = histories.steps(event)[0]
    assert {"place": "Geneva", "prepares": "A summit"}.items() <= {c.field: c.after for c in step.changes}.items()
    assert "Geneva" in client.get(f"{url}history/").content.decode()
    assert step.by == editor


def test_a_post_has_no_place_to_write(client, staff):
    staff("editor")
    page = BeautifulSoup(client.get(f"/desk/site/posts/{a_post().pk}/").content, "html.parser")
    assert page.select('[name="place"], [name="prepares"]') == []


def test_a_photo_is_chosen_by_what_it_shows_and_costs_no_query_each(client, editor, django_assert_max_num_queries):
    photos = [a_photo(f"March {number}", caption="On Monday") for number in range(5)]
    post = a_post()
    address = url(post, "particulars/")
    with django_assert_max_num_queries(14):
        page = BeautifulSoup(client.get(address).content, "html.parser")
    cards = page.select("fieldset.photo-choice .photo-card")
    assert [card.img["alt"] if card.img else card.get_text(strip=True) for card in cards] == [
        "No photo", "March 4", "March 3", "March 2", "March 1", "March 0",
    ]  # fmt: skip
    assert page.select_one(".photo-card input:checked")["value"] == ""
    given = {"kind": "news", "slug": post.slug, "photo": photos[2].pk}
    assert client.post(address, given).status_code == 302
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert page.select_one(".photo-card:has(input:checked) img")["alt"] == "March 2"
    client.post(address, given | {"photo": ""})
    assert Post.objects.get().photo is None
    assert client.post(address, given | {"photo": "0"}).status_code == 422

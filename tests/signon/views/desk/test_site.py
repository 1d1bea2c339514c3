"""Posts, events and pages are begun, written in their languages, scheduled, and made what they were; at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns import histories, publishing
from campaigns.models import Event, Post, Publisher
from signon.models import Membership
from tests.campaigns.pieces import a_page, a_photo, a_post, an_event
from tests.factories import CampaignFactory, StatementFactory
from tests.posted import in_column

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
    words = {"title": "Five years on", "excerpt": "Much was done.", "body": "## How\n\nWell."}
    client.post(url(post), in_column("en", **words, seen=seen(post)))
    client.post(url(post), in_column("fr", **words | {"title": "Cinq ans"}, seen="new"))
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
    typed = in_column("en", saved=False, title="Typed", body=typed["body"], seen=seen(post))
    page = client.post(url(post), typed | {"preview": "en"}).content.decode()
    assert "<strong>Bold</strong>" in page
    assert not post.words.filter(title="Typed").exists()


def test_two_who_write_at_once_both_keep_their_words(client, editor):
    post = a_post()
    before = seen(post)
    publishing.write(post, "en", by=None, seen=before, title="Theirs", body="Their words.")
    answer = client.post(url(post), in_column("en", title="Mine", body="My words.", seen=before))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Their words." in page
    assert "My words." in page
    assert seen(post) in page
    client.post(url(post), in_column("en", title="Both", body="Ours.", seen=seen(post)))
    assert post.words.get().title == "Both"


def test_what_is_typed_in_another_language_is_not_lost_when_one_is_saved(client, editor):
    post = a_post({"en": "Title", "fr": "Titre"})
    english = in_column("en", title="Title again", excerpt="", body="Words.", seen=seen(post))
    french = {"title": "Titre encore", "excerpt": "", "body": "Des mots\r\nencore.", "seen": seen(post, "fr")}
    answer = client.post(url(post) + "?beside=fr", english | in_column("fr", saved=False, **french))
    page = BeautifulSoup(answer.content, "html.parser")
    assert [post.words.get(language=each).title for each in ("en", "fr")] == ["Title again", "Titre"]
    assert page.select_one("[name=fr-title]")["value"] == "Titre encore"
    assert "encore." in page.select_one("[name=fr-body]").string
    assert "Not saved yet: French" in page.get_text()
    assert page.select_one("form[data-leaving][data-unsaved]")
    sent = {each["name"]: each.get("value", each.string or "") for each in page.select("form.texts [name^=fr-]")}
    client.post(url(post) + "?beside=fr", sent | {"language": "fr"})
    assert post.words.get(language="fr").title == "Titre encore"
    same = {"title": "Titre encore", "excerpt": "", "body": french["body"], "seen": seen(post, "fr")}
    again = in_column("en", title="Third", excerpt="", body="", seen=seen(post))
    answer = client.post(url(post) + "?beside=fr", again | in_column("fr", saved=False, **same))
    assert answer.status_code == 302


def test_it_is_scheduled_in_the_network_s_zone_and_appears_by_itself(client, editor):
    Publisher.objects.create(zone="Africa/Nairobi")
    post = publishing.begin(Post(), by=editor, title="Soon", body="A text.")
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
def test_what_has_no_text_is_not_published(client, staff, kind, make):
    staff("administrator")
    piece = make({"en": ("Title", " ")}, published_at=None)
    address = f"/desk/site/{kind}/{piece.pk}/"
    page = client.get(f"{address}publish/").content.decode()
    assert "It has no text yet." in page
    assert "Nothing here is in the way." not in page
    assert "Publish now" not in page
    client.post(f"{address}act/publish/")
    assert client.post(f"{address}publish/", {"at": "2031-03-08T09:00"}).status_code == 422
    piece.refresh_from_db()
    assert piece.published_at is None
    piece.words.update(body="Words.")
    client.post(f"{address}act/publish/")
    page = client.get(f"{address}publish/").content.decode()
    assert "Before you publish" not in page


def test_a_page_is_told_of_no_excerpt_and_of_no_address_of_this_site(client, staff):
    staff("administrator")
    piece = a_page(
        {"en": ("Contact", "Ask for [your link](/sign-ons/link/) or [there](//nowhere).")}, published_at=None
    )
    page = client.get(f"/desk/site/pages/{piece.pk}/publish/").content.decode()
    assert "It has no excerpt" not in page
    assert "/sign-ons/link/" not in page
    assert "//nowhere” is no address" in page


def test_the_summary_of_errors_names_each_field_once(client, editor):
    answer = client.post("/desk/site/events/new/", {"original_language": "en", "zone": "UTC", "ends_at": "x"})
    told = [
        each.get_text(strip=True) for each in BeautifulSoup(answer.content, "html.parser").select(".error-summary li")
    ]
    assert told[:2] == ["Fill in “Title”.", "Fill in “Begins”."]
    assert len({*told}) == len(told) == 3


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


def hidden(client, address):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return page.select_one("main [name=seen]")["value"]


def test_particulars_are_not_saved_over_another_editor_s_change(client, editor):
    post = a_post({"en": "Post"}, slug="post")
    address = url(post, "particulars/")
    given = {"kind": "news", "slug": "post", "seen": hidden(client, address)}
    assert client.post(address, given | {"author": "Asha"}).status_code == 302
    answer = client.post(address, given | {"source_name": "The Daily", "slug": "other"})
    page = BeautifulSoup(answer.content, "html.parser")
    post.refresh_from_db()
    assert (answer.status_code, post.author, post.source_name, post.slug) == (422, "Asha", "", "post")
    assert "Now it is: Asha." in page.get_text()
    assert page.select_one("[name=source_name]")["value"] == "The Daily"
    again = given | {"author": "Asha", "source_name": "The Daily", "seen": page.select_one("main [name=seen]")["value"]}
    assert client.post(address, again).status_code == 302
    post.refresh_from_db()
    assert (post.author, post.source_name) == ("Asha", "The Daily")


def test_an_event_s_moments_that_somebody_moved_are_told_in_its_zone(client, editor):
    event = an_event({"en": "Hearing"}, zone="America/New_York")
    address = f"/desk/site/events/{event.pk}/particulars/"
    given = {"zone": "America/New_York", "slug": event.slug, "seen": hidden(client, address)}
    moved = {"starts_at": "2031-07-17T16:15", "ends_at": "2031-07-17T18:30"}
    assert client.post(address, given | moved).status_code == 302
    answer = client.post(address, given | moved | {"starts_at": "2031-07-17T15:00"})
    assert answer.status_code == 422
    assert "Now it is: 2031-07-17 16:15." in answer.content.decode()


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


def test_the_newest_stand_first_and_a_title_is_found(client, editor):
    now = timezone.now()
    for title, days in (("Old roses", 9), ("Newest bread", 1), ("Middle roses", 5)):
        a_post({"en": title}, published_at=now - timedelta(days=days))

    def titles(query=""):
        page = BeautifulSoup(client.get(f"/desk/site/posts/{query}").content, "html.parser")
        return [each.get_text(strip=True) for each in page.select(".case-row .name")]

    assert titles() == ["Newest bread", "Middle roses", "Old roses"]
    assert titles("?q=ROSES+mid") == ["Middle roses"]
    assert "No title has these words." in client.get("/desk/site/posts/?q=nothing").content.decode()


def test_every_page_of_the_desk_leads_to_the_account_and_out(client, editor):
    page = BeautifulSoup(client.get("/desk/site/posts/").content, "html.parser")
    assert [each["href"] for each in page.select("footer a")][:2] == ["/accounts/", "/accounts/logout/"]


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
    words = {"title": "Caucus", "excerpt": "", "body": "…", "place": "Geneva", "prepares": "A summit"}
    assert client.post(url, in_column("en", **words, seen=seen(event))).status_code == 302
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


def test_what_may_be_left_empty_is_marked(client, editor):
    page = BeautifulSoup(client.get("/desk/site/posts/new/").content, "html.parser")
    marked = {each["for"]: "(optional)" in each.get_text() for each in page.select("main label")}
    assert (marked["id_title"], marked["id_campaign"]) == (False, True)


def test_what_an_event_says_in_its_original_s_words_is_named_so(client, editor):
    an_event({"en": "Caucus", "fr": ("Réunion", "Des mots.")}, place="", prepares="")
    event = Event.objects.get()
    event.words.filter(language="en").update(place="Geneva", prepares="A summit")
    for path in ("/fr/events/", "/fr/"):
        page = BeautifulSoup(client.get(path).content, "html.parser")
        told = {each.get_text(strip=True): each.get("lang") for each in page.select("bdi")}
        assert (told["Geneva"], told["A summit"]) == ("en", "en")


def test_a_statement_in_the_other_direction_begins_at_one_edge(client):
    statement = StatementFactory(state="open")
    assert "letter-turned" in client.get(f"/ar/statements/{statement.slug}/").content.decode()
    assert "letter-turned" not in client.get(f"/statements/{statement.slug}/").content.decode()

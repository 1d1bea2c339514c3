"""The pages of the end of the road: deliveries, answers, thanks, the archive; and what staff enter by hand."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import AddresseeAnswer, Statement
from signon import letter, tokens
from signon.models import Attachment, Export, HandEntry, Mailing, Membership, SignOn
from signon.statements import delivering
from tests.factories import StatementFactory, UserFactory, accepted
from tests.signon.casework.test_by_hand import PDF, enter

pytestmark = pytest.mark.django_db

HAND = {
    "channel": "mail", "said_on": "2026-11-20", "vouched_by": "Carla Neto", "organization_name": "Casa de Paz",
    "country": "PE", "organization_type": "ngo", "representative_name": "Luz Mora", "email": "luz@casa.example",
    "language": "es", "authorized": "on", "consent_publish": "on", "listing": "name",
}  # fmt: skip


@pytest.fixture
def statement():
    return StatementFactory(slug="the-call", texts={"en": "The call", "fr": "L’appel"})


@pytest.fixture
def manager(staff, statement):
    user = staff("campaign_manager")
    Membership.objects.create(user=user, campaign=statement.campaign)
    return user


@pytest.fixture
def delivered(statement):
    accepted(statement=statement, organization_name="Third World Network", country="MY")
    Statement.objects.filter(pk=statement.pk).update(closes_at=timezone.now())
    statement.refresh_from_db()
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    letter.make(pack)
    receipt = SimpleUploadedFile("receipt.pdf", PDF)
    delivering.deliver(pack, by=UserFactory(), to="The co-chairs", at=timezone.now(), files=[receipt])
    statement.refresh_from_db()
    return pack


def test_staff_enter_somebody_with_a_scan_and_find_them_at_the_desk(client, manager):
    scan = SimpleUploadedFile("mail.eml", b"From: luz@casa.example\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nYes")
    page = client.post("/desk/statements/the-call/by-hand/", HAND | {"file": scan}, follow=True)
    made = SignOn.objects.get()
    assert f"/desk/sign-ons/{made.pk}/" in page.content.decode()
    assert made.hand_entry.by == manager
    case = client.get(f"/desk/sign-ons/{made.pk}/").content.decode()
    assert "Carla Neto" in case
    assert "mail.eml" in case
    taken = client.get(f"/desk/attachments/{made.attachments.get().pk}/")
    assert taken["Content-Disposition"].startswith("attachment")
    assert b"".join(taken.streaming_content).startswith(b"From: luz")


def test_what_was_typed_is_kept_where_something_is_missing(client, manager):
    page = client.post("/desk/statements/the-call/by-hand/", HAND | {"vouched_by": "", "said_on": "2099-01-01"})
    assert page.status_code == 422
    assert "Casa de Paz" in page.content.decode()
    assert set(page.context["form"].errors) == {"vouched_by", "said_on"}
    assert not SignOn.objects.exists()


def test_a_program_is_refused_as_a_scan(client, manager):
    scan = SimpleUploadedFile("letter.pdf", b"MZ\x90\0" + b"\0" * 60)
    page = client.post("/desk/statements/the-call/by-hand/", HAND | {"file": scan})
    assert "Attach a PDF" in str(page.context["form"].errors["file"])


def test_who_is_there_already_is_named_with_the_way_to_them(client, manager):
    client.post("/desk/statements/the-call/by-hand/", HAND)
    page = client.post("/desk/statements/the-call/by-hand/", HAND)
    assert page.status_code == 422
    assert f"/desk/sign-ons/{SignOn.objects.get().pk}/" in page.content.decode()


def test_opening_the_link_changes_nothing_and_the_button_ends_it(client):
    made = enter()
    url = f"/sign-ons/objection/{tokens.make(made, tokens.OBJECT)}/"
    for _time in range(2):
        page = client.get(url)
        assert (page.status_code, page["Referrer-Policy"]) == (200, "strict-origin")
        assert "Sindicato de Costureras" in page.content.decode()
    made.refresh_from_db()
    assert made.state == "confirmed"
    assert client.post(url).status_code == 200
    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert HandEntry.objects.get().objected_at
    assert "is ended" in client.get(url).content.decode()
    assert not client.cookies


@pytest.mark.parametrize("purpose", [tokens.CONFIRM, tokens.MANAGE, tokens.ANSWER])
def test_a_link_for_another_purpose_is_no_link_to_object(client, purpose):
    made = enter()
    assert client.post(f"/sign-ons/objection/{tokens.make(made, purpose)}/").status_code == 404


def test_the_statement_s_page_tells_the_whole_story_with_the_letter(client, statement, delivered):
    words = "We **agree** to the first demand. <script>alert(1)</script>"
    delivering.answer(statement, by=UserFactory(), from_whom="The co-chairs", received_on=timezone.localdate(),
                      language="en", words=words)  # fmt: skip
    page = client.get("/statements/the-call/").content.decode()
    assert "Delivered to The co-chairs" in page
    assert "<strong>agree</strong>" in page
    assert "<script>alert" not in page
    assert "receipt.pdf" not in page
    pdf = client.get(f"/verify/{delivered.digest}/letter.pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    assert not client.cookies


def test_no_letter_with_representatives_and_none_that_was_not_delivered_is_public(client, statement, delivered):
    for options in ({"with_representatives": True}, {}):
        pack = letter.order(statement, by=UserFactory(), text=statement.text(), **options)
        letter.make(pack)
        if options:
            delivering.deliver(pack, by=UserFactory(), to="The co-chairs", at=timezone.now())
        assert client.get(f"/verify/{pack.digest}/letter.pdf").status_code == 404


def test_a_withdrawn_statement_s_letter_is_public_no_more(client, statement, delivered):
    Statement.objects.filter(pk=statement.pk).update(state="withdrawn")
    assert client.get(f"/verify/{delivered.digest}/letter.pdf").status_code == 404


def test_an_answer_is_published_at_the_desk(client, manager, delivered):
    url = "/desk/statements/the-call/delivery/"
    typed = {"from_whom": "The co-chairs", "received_on": "2026-11-25", "language": "en", "words": "We agree."}
    assert client.post(url, typed | {"words": ""}).status_code == 422
    assert client.post(url, typed, follow=True).status_code == 200
    assert AddresseeAnswer.objects.get().words == "We agree."
    assert "We agree." in client.get("/statements/the-call/").content.decode()


def test_before_a_delivery_no_answer_is_asked_for(client, manager, statement):
    page = client.get("/desk/statements/the-call/delivery/")
    assert not page.context["may_answer"]
    assert "Make a letter" in page.content.decode()


def test_thanks_are_drafted_and_looked_at_before_they_go(client, manager, delivered):
    page = client.post("/desk/statements/the-call/delivery/thank/", follow=True)
    draft = Mailing.objects.get()
    assert page.redirect_chain[-1][0] == f"/desk/mailings/{draft.pk}/"
    assert draft.state == "draft"


def test_the_archive_is_ordered_and_waited_for(client, manager, statement):
    page = client.post("/desk/statements/the-call/archive/", follow=True)
    assert page.status_code == 200
    assert "the-call-" in page.content.decode()


def test_a_campaign_s_archive_is_reached_from_the_list_of_statements(client, manager, statement):
    slug = statement.campaign.slug
    own = f"/desk/campaigns/{slug}/archive/"
    assert f'href="{own}"' in client.get("/desk/statements/").content.decode()
    assert statement.title in client.get(own).content.decode()
    assert not Export.objects.exists()
    page = client.post(own, follow=True)
    assert (page.status_code, slug in page.content.decode()) == (200, True)
    # The page waits for the job that makes it.
    assert page.context["job"].kind == "archive"
    other = StatementFactory()
    assert client.post(f"/desk/campaigns/{other.campaign.slug}/archive/").status_code == 404


def test_who_may_not_read_drafts_asks_for_no_archive_of_one(client, staff, statement):
    staff("exporter")
    draft = StatementFactory(campaign=statement.campaign, slug="secret", state="draft", texts={"en": "Secret draft"})
    assert client.post(f"/desk/statements/{draft.slug}/archive/").status_code == 404
    assert "Secret draft" not in client.get(f"/desk/campaigns/{statement.campaign.slug}/archive/").content.decode()
    assert client.post(f"/desk/statements/{statement.slug}/archive/").status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_a_campaign_s_archive_do_not_grow(
    client, manager, statement, number, django_assert_max_num_queries
):
    for _each in range(number):
        StatementFactory(campaign=statement.campaign)
    client.get(f"/desk/campaigns/{statement.campaign.slug}/archive/")
    with django_assert_max_num_queries(10):
        client.get(f"/desk/campaigns/{statement.campaign.slug}/archive/")


def test_statements_stand_by_campaign_and_those_of_none_last(client, staff, statement):
    staff("administrator")
    StatementFactory(campaign=statement.campaign, texts={"en": "Its sister"})
    StatementFactory(campaign=None, texts={"en": "On its own"})
    page = client.get("/desk/statements/").content.decode()
    found = re.findall(r"<h([23])[^>]*>.*?(?:<bdi>)?([^<>]+?)\s*(?:</bdi>)?(?:</a>)?\s*</h", page, re.DOTALL)
    titles = [("2", statement.campaign.title), ("3", "Its sister"), ("3", "The call"), ("2", "Of no campaign")]
    assert [(level, " ".join(words.split())) for level, words in found] == [*titles, ("3", "On its own")]


def test_a_file_is_removed_for_good_and_its_digest_stays(client, manager, delivered):
    number = Attachment.objects.get().pk
    client.post(f"/desk/attachments/{number}/remove/")
    assert client.get(f"/desk/attachments/{number}/").status_code == 404
    assert len(Attachment.objects.get().sha256) == 64


def test_files_of_another_campaign_are_not_found(client, staff, delivered):
    staff("campaign_manager")
    number = Attachment.objects.get().pk
    assert client.get(f"/desk/attachments/{number}/").status_code == 404
    assert client.post(f"/desk/attachments/{number}/remove/").status_code == 404
    assert Attachment.objects.get().place


def test_an_answer_is_corrected_and_removed_at_the_desk(client, staff, statement, manager, delivered):
    given = {"from_whom": "The co-chairs", "received_on": "2026-11-20", "language": "en", "words": "We agree."}
    client.post("/desk/statements/the-call/delivery/", given)
    made = AddresseeAnswer.objects.get()
    url = f"/desk/answers/{made.pk}/"
    assert url in client.get("/desk/statements/the-call/delivery/").content.decode()
    page = client.get(url).content.decode()
    assert "We agree." in page
    assert f"{url}remove/" in page
    assert client.post(url, given | {"words": ""}).status_code == 422
    assert client.post(url, given | {"words": "We do not."}).status_code == 302
    made.refresh_from_db()
    assert (made.words, made.corrected_at is None) == ("We do not.", False)
    assert client.get(f"{url}remove/").status_code == 405
    staff("verifier")
    assert client.post(f"{url}remove/").status_code == 403
    other = staff("campaign_manager")
    assert (client.get(url).status_code, client.post(f"{url}remove/").status_code) == (404, 404)
    Membership.objects.create(user=other, campaign=statement.campaign)
    assert client.post(f"{url}remove/").status_code == 302
    assert not AddresseeAnswer.objects.exists()

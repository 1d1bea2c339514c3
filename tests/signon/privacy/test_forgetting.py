"""How long contacts around a statement are kept: conveners', late signers', of who vouched, comments, receipts."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Statement
from signon import letter, organizing, sealing, signing, tasks, tokens, verifying
from signon.casework import by_hand
from signon.models import (
    Case,
    Comment,
    Convener,
    HandEntry,
    Invitation,
    LateLink,
    Message,
    Note,
    OwnAnswer,
    Question,
    SignOn,
)  # fmt: skip
from signon.people import roles
from signon.privacy import forgetting
from signon.statements import convening, delivering, late_signing
from tests.factories import (
    InvitationFactory,
    OwnQuestionFactory,
    SignOnFactory,
    StatementFactory,
    UserFactory,
    accepted,
)  # fmt: skip
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HAND = {
    "organization_name": "Tiny Org", "acronym": "", "country": "KE", "organization_type": "ngo", "website": "",
    "representative_name": "Asha Rao", "representative_title": "", "email": "other@else.example", "authorized": True,
    "consent_publish": True, "consent_updates": False, "language": "en",
}  # fmt: skip


@pytest.fixture
def closed():
    """Closed ten days ago, with a contact of each kind; each holds the word "secret"."""
    with in_days(-10):
        return closed_now()


def closed_now():
    statement, by = StatementFactory(state="circulating"), UserFactory()
    alpha = convening.add(statement, by=by, name="Alpha", contact_name="Secret A", email="secret@alpha.example")
    convening.send_link(alpha)
    said = convening.comment(alpha, "Secret words.", text=statement.text())
    convening.settle(said, by=by, answer="Secret answer.")
    ended = timezone.now()
    Statement.objects.filter(pk=statement.pk).update(state="closed", opens_at=ended - DAY, closes_at=ended)
    statement.refresh_from_db()
    late_signing.make(statement, by=by, name="Secret late", email="secret@late.example", language="en")
    by_hand.enter(statement, by=by, channel="phone", said_on=timezone.localdate(), vouched_by="Secret voucher", **HAND)
    InvitationFactory(statement=statement, email="secret@invited.example", contact_name="Secret I")
    return statement


def in_days(days):
    return time_machine.travel(timezone.now() + days * DAY, tick=False)


def left(statement):
    """All words that are still kept of those who stand around a statement."""
    words = [
        *Convener.objects.filter(statement=statement).values_list("contact_name", "email"),
        *Comment.objects.filter(convener__statement=statement).values_list("words", "answer"),
        *LateLink.objects.filter(statement=statement).values_list("name", "email"),
        *HandEntry.objects.filter(sign_on__statement=statement).values_list("vouched_by"),
        *Invitation.objects.filter(statement=statement).values_list("contact_name", "email"),
        *Message.objects.filter(sign_on=None).values_list("to_address", "mailbox"),
    ]
    return [word for row in words for word in row if "ecret" in word]


def test_contacts_are_erased_a_while_after_closing_and_what_was_done_stays(closed, client, settings):
    settings.CONTACT_DAYS = 100
    link = reverse("draft", args=[closed.slug, tokens.make(Convener.objects.get(), tokens.DRAFT)])
    with in_days(89):
        assert forgetting.forget_contacts() == 0
    assert client.get(link).status_code == 200
    with in_days(91):
        tasks.expire_unconfirmed()
        assert left(closed) == []
        assert forgetting.forget_contacts() == 0
    assert client.get(link).status_code == 404
    entry = closed.ledger.order_by("number").last()
    assert (entry.act, entry.by) == ("contacts_forgotten", None)
    once = dict.fromkeys(["conveners", "comments", "late_links", "hand_entries", "invitations", "representatives"], 1)
    assert entry.facts == once
    assert list(sealing.faults(closed)) == []
    assert Convener.objects.get().name == "Alpha"
    signed = SignOn.objects.get()
    assert (signed.organization_name, signed.email, signed.representative_name) == ("Tiny Org", "", "")
    assert {each.state for each in Message.objects.filter(sign_on=None)} == {"canceled"}


def test_after_a_delivery_the_time_begins_with_it(closed, settings):
    settings.CONTACT_DAYS = 100
    with in_days(60):
        pack = letter.order(closed, by=UserFactory(), text=closed.text())
        letter.make(pack)
        delivering.deliver(pack, by=UserFactory(), to="The co-chairs", at=timezone.now())
    with in_days(159):
        assert forgetting.forget_contacts() == 0
    with in_days(161):
        assert forgetting.forget_contacts() == 1
    assert left(closed) == []


def test_of_a_withdrawn_statement_it_begins_with_that(closed, settings):
    settings.CONTACT_DAYS = 100
    with in_days(30):
        organizing.withdraw(closed, by=UserFactory())
    with in_days(129):
        assert forgetting.forget_contacts() == 0
    with in_days(131):
        assert forgetting.forget_contacts() == 1


def test_an_open_statement_s_are_kept(closed):
    now = timezone.now()
    Statement.objects.filter(pk=closed.pk).update(state="open", opens_at=now, closes_at=now + 1000 * DAY)
    with in_days(900):
        assert forgetting.forget_contacts() == 0
    assert len(left(closed)) > 9


@pytest.mark.parametrize("state", ["draft", "circulating"])
def test_of_what_never_opened_it_begins_with_the_last_thing_that_was_done(settings, state):
    settings.CONTACT_DAYS = 100
    statement, by = StatementFactory(state="circulating", closes_at=timezone.now() + 5 * DAY), UserFactory()
    convening.add(statement, by=by, name="Alpha", contact_name="Secret A", email="secret@alpha.example")
    InvitationFactory(statement=statement, email="secret@invited.example", contact_name="Secret I")
    Statement.objects.filter(pk=statement.pk).update(state=state)
    with in_days(50):
        organizing.change(statement, {"goal": 100}, by=by)
    with in_days(149):
        assert forgetting.forget_contacts() == 0
    with in_days(151):
        assert forgetting.forget_contacts() == 1
        assert forgetting.forget_contacts() == 0
    assert left(statement) == []


def test_a_deadline_that_lies_ahead_keeps_what_did_not_open_yet(settings):
    settings.CONTACT_DAYS = 100
    statement = StatementFactory(state="draft", closes_at=timezone.now() + 200 * DAY)
    convening.add(statement, by=UserFactory(), name="Alpha", contact_name="Secret A", email="secret@alpha.example")
    with in_days(299):
        assert forgetting.forget_contacts() == 0
    with in_days(301):
        assert forgetting.forget_contacts() == 1


def test_a_late_link_made_long_after_closing_has_its_time(closed, client, settings):
    settings.CONTACT_DAYS = 100
    chief = UserFactory()
    roles.give(chief, "administrator")
    typed = {"name": "Beta", "email": "secret@beta.example", "language": "en"}
    with in_days(200):
        client.force_login(chief)
        forgetting.forget_contacts()
        page = client.post(reverse("desk-late-links", args=[closed.slug]), typed, follow=True).content.decode()
        assert "The private link is on its way to secret@beta.example." in page
        assert forgetting.forget_contacts() == 0
        assert Message.objects.get(to_address="secret@beta.example").state == "queued"
    with in_days(299):
        assert forgetting.forget_contacts() == 0
    with in_days(301):
        assert forgetting.forget_contacts() == 1
    assert left(closed) == []


def test_the_desk_says_that_contacts_were_erased(closed, client):
    with in_days(366):
        forgetting.forget_contacts()
    chief = UserFactory()
    roles.give(chief, "administrator")
    client.force_login(chief)
    for name in ("desk-conveners", "desk-late-links"):
        assert "Contact erased" in client.get(reverse(name, args=[closed.slug])).content.decode()
    assert (
        "Who vouched for it was erased"
        in client.get(reverse("desk-case", args=[SignOn.objects.get().pk])).content.decode()
    )
    assert client.get(reverse("desk-by-hand", args=[closed.slug])).status_code == 200
    assert not convening.send_link(Convener.objects.get())


def test_what_proves_a_delivery_goes_and_what_the_addressee_sent_stays(settings):
    settings.CONTACT_DAYS = 100
    statement = StatementFactory()
    accepted(statement=statement)
    Statement.objects.filter(pk=statement.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    letter.make(pack)
    files = [SimpleUploadedFile("stamp.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20)]
    how = {"how": "By hand, to Secret Name", "files": files}
    delivering.deliver(pack, by=UserFactory(), to="The co-chairs", at=timezone.now(), **how)
    files = [SimpleUploadedFile("reply.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20)]
    answer = delivering.answer(statement, by=UserFactory(), from_whom="They", received_on=timezone.localdate(),
                               language="en", words="Yes.", files=files)  # fmt: skip
    with in_days(99):
        assert tasks.forget_files() == 0
        pack.refresh_from_db()
        assert pack.delivered_how
    with in_days(101):
        assert tasks.forget_files() == 1
        assert forgetting.forget_how_letters_were_delivered() == 0
    pack.refresh_from_db()
    assert (pack.delivered_how, pack.delivered_to) == ("", "The co-chairs")
    assert pack.attachments.get().place == ""
    assert answer.attachments.get().place


def words_of_persons():
    """Every text of the database that may tell who signed, as one string."""
    rows = [
        *SignOn.objects.values_list("representative_name", "representative_title", "email", "withdrawal_reason"),
        *SignOn.objects.values_list("decision_reason", "network", "listed_name"),
        *Message.objects.values_list("to_address", "mailbox", "subject", "body"),
        *Note.objects.values_list("words"),
        *Question.objects.values_list("words", "answer"),
        *OwnAnswer.objects.values_list("value"),
        *((json.dumps(found),) for found in Case.objects.values_list("findings", flat=True)),
    ]
    return " ".join(str(word) for row in rows for word in row)


@pytest.fixture
def signed_by_many(settings):
    """A statement that closes tomorrow, with a sign-on of each ending, and what staff wrote; all persons are Zelda."""
    settings.CONTACT_DAYS = 100
    statement, by = StatementFactory(closes_at=timezone.now() + DAY, accepts_individuals=True), UserFactory()
    person = {"representative_name": "Zelda", "representative_title": "Zelda’s title", "statement": statement}
    stands = accepted(organization_name="Bread House", email="zelda@bread.example", **person)
    herself = {"representative_name": "Ana of herself", "listed_name": "Ana of herself"}
    accepted(individual=True, email="zelda@self.example", **person | herself)
    refused = SignOnFactory(organization_name="No House", email="zelda@no.example", confirmed=True, **person)
    verifying.note(refused, by=by, words="Zelda called.")
    verifying.ask(refused, by=by, words="Are you Zelda?")
    verifying.decline(refused, by=by, refusal="other", reason="Zelda is not known there.")
    left_again = SignOnFactory(organization_name="Gone House", email="zelda@gone.example", confirmed=True, **person)
    signing.withdraw(left_again, reason="Zelda left.")
    alone = SignOnFactory(individual=True, email="zelda@alone.example", confirmed=True, listed_name="Zelda", **person)
    verifying.decline(alone, by=by, refusal="not_found")
    for public in (True, False):
        question = OwnQuestionFactory(statement=statement, public=public)
        OwnAnswer.objects.create(sign_on=stands, question=question, value="Said in public" if public else "Zelda says")
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    return statement


def test_who_signed_is_erased_and_the_signatures_stay(signed_by_many, client):
    statement = signed_by_many
    stands = SignOn.objects.get(organization_name="Bread House")
    before = {key for pair in SignOn.objects.values_list("link_key", "ledger_salt") for key in pair}
    link = reverse("manage", args=[tokens.make(stands, tokens.MANAGE)])
    with in_days(100):
        assert forgetting.forget_contacts() == 0
        assert "Zelda" in words_of_persons()
    with in_days(102):
        assert forgetting.forget_contacts() == 1
        assert forgetting.forget_contacts() == 0
        told = words_of_persons()
        assert "elda" not in told
        assert "Said in public" in told
        assert client.get(link).status_code == 410
        page = client.get(reverse("signatories", args=[statement.slug])).content.decode()
    assert "Bread House" in page
    assert "Ana of herself" in page
    assert statement.ledger.order_by("number").last().facts["representatives"] == 5
    assert list(sealing.faults(statement)) == []
    keys = SignOn.objects.values_list("link_key", "ledger_salt")
    after = {key for pair in keys for key in pair}
    assert (len(after), after & before) == (10, set()), "each has keys of its own, which nobody holds"


def test_a_statement_says_for_itself_how_long(signed_by_many):
    Statement.objects.filter(pk=signed_by_many.pk).update(contact_days=7)
    with in_days(7):
        assert forgetting.forget_contacts() == 0
    with in_days(9):
        assert forgetting.forget_contacts() == 1
    with Refused("contacts_are_kept_a_day_or_more"):
        Statement.objects.update(contact_days=0)


def test_an_organizer_sets_how_long(client):
    roles.give(user := UserFactory(), "administrator")
    client.force_login(user)
    statement = StatementFactory(state="draft")
    path = reverse("desk-particulars", args=[statement.slug])
    assert "Days that contacts are kept" in client.get(path).content.decode()
    given = {"addressee": "All", "zone": "UTC", "contact_days": "0"}
    assert client.post(path, given).status_code == 422
    assert client.post(path, given | {"contact_days": "30"}).status_code == 302
    statement.refresh_from_db()
    assert statement.contact_days == 30


def test_what_waits_to_be_confirmed_is_left_to_its_own_end(settings):
    settings.CONTACT_DAYS = 100
    statement = StatementFactory(closes_at=timezone.now() + DAY)
    SignOnFactory(statement=statement, email="zelda@waits.example", expires_at=timezone.now() + 400 * DAY)
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    with in_days(102):
        assert forgetting.forget_contacts() == 0

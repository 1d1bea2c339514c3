"""Ways that a reader of the code found into what is not theirs, or past what was promised; each is closed."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.urls import get_resolver
from django.utils import timezone

from campaigns import writing
from campaigns.models import Statement
from config.logs import harmless
from signon import mailing, organizing, signing, tokens, verifying
from signon.casework import by_hand
from signon.mail import dispatching, relevance, reminding, statement_mail
from signon.models import Convener, LateLink, Mailing, Message, SignOn
from signon.people import roles
from signon.statements import convening, deadlines, delivering, late_signing, next_steps
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.casework.test_by_hand import TYPED as BY_HAND
from tests.signon.test_verifying import strong

pytestmark = pytest.mark.django_db

TYPED = {
    "organization_name": "Tiny Org", "acronym": "", "country": "KE", "organization_type": "ngo", "website": "",
    "representative_name": "Asha Rao", "representative_title": "", "email": "other@else.example", "authorized": True,
    "consent_publish": True, "consent_updates": False,
}  # fmt: skip


def test_a_digest_names_nothing_of_another_campaign():
    manager = UserFactory(digest="daily")
    roles.give(manager, "campaign_manager")
    own, secret = StatementFactory(), StatementFactory(texts={"en": "Unspoken"})
    manager.memberships.create(campaign=own.campaign)
    SignOnFactory(statement=secret, confirmed=True)
    message = mailing.draft(Message.Kind.DIGEST, key="d", user=manager)
    assert not relevance.is_true(message)
    reminding.send_digests()
    assert not Message.objects.filter(user=manager).exists()
    SignOnFactory(statement=own, confirmed=True)
    told = dispatching.render(message).body
    assert "Unspoken" not in told
    assert own.title in told


def test_no_token_of_any_link_stands_in_a_log():
    def paths(patterns, before=""):
        for each in patterns:
            route = before + str(each.pattern)
            if hasattr(each, "url_patterns"):
                yield from paths(each.url_patterns, route)
            elif "<str:token>" in route:
                yield "/" + route.replace("<slug:slug>", "the-call").replace("<str:token>", "WzE:1xW:s3cret").replace(
                    "<str:name>", "question"
                )

    found = list(paths(get_resolver().url_patterns))
    assert len(found) > 12
    for path in found:
        assert "s3cret" not in harmless(f"Unprocessable Entity: {path}"), path


@pytest.fixture
def circulating():
    return StatementFactory(state="circulating", opens_at=None)


def test_what_another_address_signed_is_not_the_convener_s(circulating):
    convener = convening.add(circulating, by=UserFactory(), name="House", email="house@house.example", language="en")
    made = convening.sign(convener, language="en", **TYPED)
    convener.refresh_from_db()
    assert convener.sign_on is None
    assert statement_mail.instead_of_its_page(made) == {}
    own = convening.sign(convener, language="en", **TYPED | {"email": "house@house.example"})
    convener.refresh_from_db()
    assert convener.sign_on == own


def test_a_private_link_goes_to_the_address_it_is_of_now(circulating):
    convener = convening.add(circulating, by=UserFactory(), name="House", email="old@house.example", language="en")
    convening.send_link(convener)
    message = Message.objects.get(convener=convener)
    assert statement_mail.is_true(message)
    Convener.objects.filter(pk=convener.pk).update(email="new@house.example")
    assert not statement_mail.is_true(Message.objects.get(pk=message.pk))


def test_one_late_link_brings_one_sign_on():
    statement = StatementFactory(state="closed")
    late_signing.make(statement, by=UserFactory(), name="Slow", email="slow@slow.example", language="en")
    link = LateLink.objects.get()
    for number in range(3):
        late_signing.sign(link, language="en", **TYPED | {"email": f"n{number}@slow.example"})
    assert SignOn.objects.filter(state="unconfirmed").count() == 1


def test_an_old_page_of_particulars_undoes_nothing():
    statement = StatementFactory(state="draft", opens_at=None)
    seen, by = organizing.mark_of(statement), UserFactory()
    until = timezone.now() + timedelta(days=3)
    organizing.change(statement, {"embargo_until": until}, by=by, seen=seen)
    with pytest.raises(organizing.ChangedMeanwhile):
        organizing.change(statement, {"embargo_until": None, "goal": 5}, by=by, seen=seen)
    assert Statement.objects.get(pk=statement.pk).embargo_until == until


def test_the_addressee_stays_once_it_is_open():
    with pytest.raises(organizing.Forbidden):
        organizing.change(StatementFactory(), {"addressee": "Somebody else"}, by=UserFactory())


def test_a_deadline_that_is_moved_back_is_told_again():
    statement, by = StatementFactory(), UserFactory()
    first = statement.closes_at
    waiting = SignOnFactory(statement=statement)
    told = [deadlines.move(statement, first + timedelta(days=days), by=by) for days in (2, 5, 2)]
    assert told == [1, 1, 1]
    assert waiting.messages.filter(kind=Message.Kind.DEADLINE).count() == 3


def test_a_delivered_text_stays():
    statement = StatementFactory()
    accepted(statement=statement)
    statement.text().freeze()
    Statement.objects.filter(pk=statement.pk).update(state="delivered")
    text = statement.text()
    with pytest.raises(writing.Delivered):
        writing.save(statement, "en", title=text.title, lead="", body="Other words.", seen=writing.mark_of(text),
                     agreed=True)  # fmt: skip


def test_a_draft_that_begins_from_a_scheduled_one_is_not_scheduled():
    like = StatementFactory(state="draft", opens_at=timezone.now() + timedelta(days=1), opens_by_itself=True)
    made = writing.begin(title="Anew", language="en", campaign=like.campaign, like=like)
    assert not made.opens_by_itself


def test_under_an_embargo_the_invited_read_what_they_sign(client):
    statement = StatementFactory(embargo_until=timezone.now() + timedelta(days=1))
    invitation = InvitationFactory(statement=statement, state="waiting")
    page = client.get(f"/invitations/{tokens.make(invitation, tokens.INVITATION)}/").content.decode()
    assert "End detention." in page
    assert f'href="{statement.get_absolute_url()}"' not in page


def test_mail_about_a_withdrawn_statement_is_not_sent():
    sign_on = SignOnFactory()
    message = mailing.draft(Message.Kind.VERIFICATION, key="v", sign_on=sign_on)
    assert relevance.is_true(message)
    Statement.objects.filter(pk=sign_on.statement_id).update(state="withdrawn")
    sign_on.statement.refresh_from_db()
    assert not relevance.is_true(message)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["by hand", "thanks"])
def test_pressed_four_times_at_once_it_is_done_once(what):
    statement, by = StatementFactory(), UserFactory()

    def press():
        try:
            if what == "thanks":
                delivering.thank(statement, by=by)
            else:
                facts = {"channel": "phone", "said_on": timezone.localdate(), "vouched_by": "Carla"}
                by_hand.enter(statement, by=by, **facts, **BY_HAND)
        except by_hand.EnteredAlready:
            pass
        finally:
            connection.close()

    threads = [Thread(target=press) for _number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (SignOn if what == "by hand" else Mailing).objects.count() == 1


@pytest.mark.parametrize(("how", "is_accepted"), [({}, True), ({"how": "invitation", "invitation": 1}, False)])
def test_what_was_confirmed_by_an_invitation_alone_is_decided_by_people(how, is_accepted):
    statement = StatementFactory(accepts_on_strong_evidence=True)
    sign_on = strong(statement)
    SignOn.objects.filter(pk=sign_on.pk).update(state="unconfirmed", expires_at=timezone.now() + timedelta(days=1))
    signing.confirm(SignOn.objects.get(pk=sign_on.pk), version=1, **how)
    assert verifying.accept_on_evidence(SignOn.objects.get(pk=sign_on.pk)) == is_accepted


@pytest.mark.parametrize(("listing", "said"), [("name", ""), ("count", "Not listed, only counted")])
def test_mails_say_how_somebody_is_listed_who_is_not_by_name(listing, said):
    sign_on = SignOnFactory(listing=listing)
    message = mailing.draft(Message.Kind.VERIFICATION, key="v", sign_on=sign_on)
    body = dispatching.render(message).body
    assert ("Not listed, only counted" in body) == bool(said)


def test_who_was_invited_and_has_not_answered_is_told_of_a_moved_deadline():
    statement = StatementFactory()
    InvitationFactory(statement=statement, state="waiting", invited_at=timezone.now())
    assert deadlines.move(statement, statement.closes_at + timedelta(days=2), by=UserFactory()) == 1
    assert Message.objects.get().kind == Message.Kind.DEADLINE_MOVED_INVITED


def test_a_delivered_statement_s_next_step_is_the_answer():
    step = next_steps.standing(StatementFactory(state="delivered")).next
    assert step.code == "answer"
    assert step.url.endswith("/delivery/")

"""Mail that is composed while whom it is for is erased: either the erasure finds it, or it is not composed.

Real transactions on connections of their own, in both orders.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from signon import inviting, mailing
from signon.casework import proposing
from signon.events import registration_times
from signon.mail import bouncing, dispatching, mailings
from signon.models import Convener, Message, Proposal, Registration, Seat, SignOn
from signon.people import seats
from signon.privacy import erasing
from signon.statements import convening, deadlines
from tests.campaigns.pieces import an_event
from tests.elsewhere import Elsewhere, together, wait_until_somebody_waits
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.mail.written import signer, written

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "carla@private.example"
ROUNDS = range(4)


@pytest.fixture(autouse=True)
def erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"


def a_mailing():
    statement = StatementFactory()
    signer(statement, ADDRESS)
    chosen = written(statement)
    mailings.start(chosen)
    return lambda: mailings._compose_chunk(chosen.pk)


def a_nearer_deadline():
    waits, by = SignOnFactory(email=ADDRESS), UserFactory(staff=True)
    return lambda: deadlines.move(waits.statement, timezone.now() + timedelta(days=2), by=by)


def a_new_deadline_for_the_invited():
    invited = InvitationFactory(email=ADDRESS)
    return lambda: inviting.tell_of_new_deadline(invited.statement)


def invitations():
    InvitationFactory(email=ADDRESS, invited_at=None, mail_wanted_at=timezone.now())
    return inviting.advance


def a_reminder_of_an_event():
    event = an_event(takes_registrations=True, starts_at=timezone.now() + timedelta(hours=20))
    ago = timezone.now() - timedelta(days=9)
    Registration.objects.create(
        event=event, name="Carla", email=ADDRESS, language="en", state="registered", confirmed_at=ago, registered_at=ago
    )
    return registration_times.remind


def a_convener_s_link():
    statement = StatementFactory(state="circulating")
    convener = convening.add(statement, by=UserFactory(staff=True), name="House", contact_name="Carla", email=ADDRESS)
    return lambda: convening.send_link(Convener.objects.get(pk=convener.pk))


def an_owner(organization, address=ADDRESS):
    return Seat.objects.create(
        organization=organization, user=UserFactory(email=address), email=address, state="stands", role="owner",
        how="staff", decided_at=timezone.now(), decided_by=UserFactory(staff=True),
    )  # fmt: skip


def word_to_an_owner():
    organization, colleague = accepted(organization_name="House").organization, UserFactory()
    an_owner(organization)
    return lambda: seats.claim(colleague, organization, words="I work there.")


COMPOSE = [
    a_mailing, a_nearer_deadline, a_new_deadline_for_the_invited, invitations, a_reminder_of_an_event,
    a_convener_s_link, word_to_an_owner,
]  # fmt: skip


def nothing_goes_there():
    assert not Message.objects.filter(to_address__iexact=ADDRESS).exists()
    assert not Message.objects.filter(state__in=Message.WAITING, to_address=Message.ERASED).exists()


@pytest.mark.parametrize("prepared", COMPOSE, ids=lambda each: each.__name__)
def test_an_erasure_waits_for_mail_that_is_being_composed_and_takes_it(prepared):
    compose = prepared()
    erased = Elsewhere(lambda: erasing.erase(ADDRESS))
    with Elsewhere(compose):
        erased.start()
        wait_until_somebody_waits()
        assert not erased.done.is_set()
    erased.finish.set()
    erased.join(30)
    assert erased.error is None
    assert Message.objects.filter(to_address=Message.ERASED, state="canceled").exists()
    nothing_goes_there()


@pytest.mark.parametrize("prepared", COMPOSE, ids=lambda each: each.__name__)
def test_nothing_is_composed_to_whom_an_erasure_takes(prepared):
    compose = prepared()
    composed = Elsewhere(compose)
    with Elsewhere(lambda: erasing.erase(ADDRESS)):
        composed.start()
        if prepared is invitations:  # whom somebody holds is skipped
            assert composed.done.wait(30)
        else:
            wait_until_somebody_waits()
    composed.finish.set()
    composed.join(30)
    assert composed.error is None
    nothing_goes_there()


def test_a_mail_that_comes_back_during_an_erasure_brings_no_address_back():
    waits = SignOnFactory(email=ADDRESS)
    sent = Message.objects.create(
        key="sent", kind="verification", sign_on=waits, to_address=ADDRESS, mailbox=ADDRESS, state="sent",
        sent_at=timezone.now(), language="en", message_id="<a@b>", lane="transactional",
    )  # fmt: skip
    stale = Message.objects.get(pk=sent.pk)
    came = Elsewhere(lambda: bouncing.bounced(stale, permanent=True, answer=f"550 <{ADDRESS}> unknown"))
    with Elsewhere(lambda: erasing.erase(ADDRESS)):
        came.start()
        wait_until_somebody_waits()
        assert not came.done.is_set()
    came.finish.set()
    came.join(30)
    assert came.error is None
    sent.refresh_from_db()
    assert ADDRESS not in f"{sent.answer}{sent.history}"


@pytest.mark.parametrize("again", ROUNDS)
def test_nobody_waits_in_a_circle(again):
    """Who holds invitations and sign-ons of one address, and of several, at once."""
    statement, by = StatementFactory(), UserFactory(staff=True)
    for number in range(3):
        for address in (ADDRESS, "dora@private.example"):
            own = {"statement": statement, "email": address, "organization_name": f"House {number} {address}"}
            accepted(**own)
    SignOnFactory(statement=statement, email=ADDRESS)
    InvitationFactory(statement=statement, email=ADDRESS)
    chosen = written(statement, sign_on_states=["accepted"], only_with_consent=False)
    mailings.start(chosen)
    stands = SignOn.objects.filter(email=ADDRESS, state="accepted").order_by("-pk").first()
    proposal = proposing.propose_name(stands, "Another House")
    official = proposing.propose_official_name(an_owner(stands.organization), name="A House", acronym="")
    results = together(
        lambda: erasing.erase(ADDRESS),
        lambda: erasing.erase("dora@private.example"),
        lambda: mailings._compose_chunk(chosen.pk),
        lambda: deadlines.move(statement, timezone.now() + timedelta(days=40 + again), by=by),
        lambda: proposing.decline(Proposal.objects.get(pk=proposal.pk), by=by, reason="No."),
        lambda: proposing.accept(Proposal.objects.get(pk=official.pk), by=by),
        inviting.advance,
    )
    assert [each for each in results if isinstance(each, Exception)] == []
    nothing_goes_there()


def test_mail_to_an_account_that_was_erased_meanwhile_is_not_sent_and_keeps_no_address(mailoutbox):
    person = UserFactory(email=ADDRESS)
    read_before = UserFactory._meta.model.objects.get(pk=person.pk)
    erasing.erase(ADDRESS)
    late = mailing.compose(Message.Kind.NEW_DEVICE, key="late", user=read_before, body="{}")
    dispatching.deliver_due(late.lane)
    late.refresh_from_db()
    assert (late.state, late.to_address, late.mailbox, late.body) == ("canceled", Message.ERASED, "", "")
    assert not mailoutbox

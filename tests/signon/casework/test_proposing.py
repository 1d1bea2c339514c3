"""What signers ask to have changed: the name in the list, who represents it, the language of mails."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from signon import letter, mailing, retention, signing, tokens, verifying
from signon.casework import decisions, pending, proposing, ways_in
from signon.mail import dispatching, relevance
from signon.models import LedgerEntry, Membership, Message, OrganizationDomain, Proposal, SignOn
from signon.people import roles
from signon.privacy import due, forgetting
from signon.questions import correcting
from signon.statements import delivering
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import Refused, change

pytestmark = pytest.mark.django_db
NEW = {"name": "Carla Neto", "title": "Director", "email": "carla@secret.example"}


@pytest.fixture
def standing():
    return accepted(organization_name="Bread House", email="asha@secret.example")


@pytest.fixture
def staff_member():
    return UserFactory(staff=True)


def told():
    rows = Message.objects.filter(kind__in=["proposal", "new_representative"]).order_by("pk")
    return [(each.to_address, each.body.partition('"what": "')[2].partition('"')[0], each.state) for each in rows]


def acts(sign_on):
    return list(LedgerEntry.objects.filter(sign_on=sign_on).order_by("number").values_list("act", flat=True))


def handed(sign_on, **instead):
    proposal = proposing.propose_representative(sign_on, **(NEW | instead))
    proposing.confirm_representative(proposal, language="fr", updates=True)
    return proposal


# The name in the list


def test_a_proposed_name_changes_nothing_until_staff_accept_it(standing, staff_member):
    proposal = proposing.propose_name(standing, " Bread  House of Nairobi ")
    standing.refresh_from_db()
    assert (standing.listed_name, proposal.name) == ("Bread House", "Bread House of Nairobi")
    assert proposing.accept(proposal, by=staff_member)
    standing.refresh_from_db()
    assert (standing.listed_name, proposal.state) == ("Bread House of Nairobi", "accepted")
    assert standing.messages.filter(kind="corrected").count() == 1
    assert acts(standing)[-2:] == ["proposed", "corrected"]


def test_of_two_who_decide_one_wins(standing, staff_member):
    proposal = proposing.propose_name(standing, "Bread Houses")
    stale = Proposal.objects.get(pk=proposal.pk)
    assert proposing.decline(proposal, by=staff_member, reason="It is another organization.")
    assert not proposing.accept(stale, by=staff_member)
    standing.refresh_from_db()
    assert standing.listed_name == "Bread House"
    assert told() == [("asha@secret.example", "declined", "queued")]
    assert proposal.reason == "It is another organization."


def test_the_newest_proposal_stands_for_the_one_before(standing):
    first = proposing.propose_name(standing, "Bread Houses")
    proposing.propose_name(standing, "Bread Homes")
    first.refresh_from_db()
    assert first.state == "ended"
    assert [each.name for each in standing.proposals.open()] == ["Bread Homes"]


@pytest.mark.parametrize("name", ["Bread House", "  ", " Bread  House"])
def test_what_changes_nothing_is_not_proposed(standing, name):
    with pytest.raises(proposing.CannotPropose):
        proposing.propose_name(standing, name)


def test_what_is_withdrawn_takes_its_proposals_along(standing, staff_member):
    proposal = proposing.propose_name(standing, "Bread Houses")
    signing.withdraw(standing)
    proposal.refresh_from_db()
    assert proposal.state == "ended"
    with pytest.raises(proposing.CannotPropose):
        proposing.propose_name(standing, "Bread Homes")


def test_a_name_agreed_to_before_the_decision_is_the_one_that_is_listed(staff_member):
    waiting = SignOnFactory(organization_name="Bread Hous", confirmed=True)
    proposing.accept(proposing.propose_name(waiting, "Bread House"), by=staff_member)
    assert told() == [(waiting.email, "listed", "queued")]
    waiting.refresh_from_db()
    verifying.accept(waiting, by=staff_member)
    waiting.refresh_from_db()
    assert (waiting.listed_name, waiting.organization.name) == ("Bread House", "Bread House")


def test_nothing_accepts_itself_while_a_change_of_it_waits():
    known = accepted(organization_name="Bread House", email="asha@bread.example").organization
    OrganizationDomain.objects.create(organization=known, domain="bread.example")
    statement = StatementFactory(accepts_on_strong_evidence=True)
    waiting = SignOnFactory(
        statement=statement, organization_name="Bread House", email="carla@bread.example", confirmed=True
    )
    proposal = proposing.propose_name(waiting, "Bread Homes")
    assert not verifying.accept_on_evidence(waiting)
    proposing.take_back(proposal)
    assert verifying.accept_on_evidence(waiting)


def test_after_delivery_the_list_is_corrected_and_the_letter_keeps_the_former_name(client, standing, staff_member):
    statement = standing.statement
    statement.state = "closed"
    statement.save()
    pack = letter.order(statement, by=staff_member, text=standing.text)
    letter.make(pack)
    delivering.deliver(pack, by=staff_member, to="The co-chairs", at=timezone.now())
    standing = SignOn.objects.select_related("statement").get(pk=standing.pk)
    with pytest.raises(decisions.CannotDecide):
        verifying.correct(standing, by=staff_member, listed_name="Bread Homes")
    assert proposing.accept(proposing.propose_name(standing, "Bread Homes"), by=staff_member)
    standing.refresh_from_db()
    assert standing.listed_name == "Bread Homes"
    assert list(correcting.letters_with_a_former_name(standing)) == [pack]
    page = client.get(f"/sign-ons/manage/{tokens.make(standing, tokens.MANAGE)}/").content.decode()
    assert "keeps the former name" in page


# The representative


def test_nothing_changes_hands_before_the_new_address_confirms(standing):
    proposal = proposing.propose_representative(standing, **NEW)
    standing.refresh_from_db()
    assert (standing.email, proposal.state) == ("asha@secret.example", "asked")
    assert told() == [("carla@secret.example", "confirm", "queued"), ("asha@secret.example", "asked", "queued")]


def test_what_staff_verified_waits_for_them(standing, staff_member):
    before = tokens.make(standing, tokens.MANAGE)
    proposal = handed(standing)
    standing.refresh_from_db()
    assert (standing.email, proposal.state) == ("asha@secret.example", "waits")
    assert proposing.accept(proposal, by=staff_member)
    standing.refresh_from_db()
    assert (standing.representative_name, standing.representative_title) == ("Carla Neto", "Director")
    assert (standing.email, standing.language, standing.consent_updates) == ("carla@secret.example", "fr", True)
    with pytest.raises(tokens.Ended):
        tokens.read(before, tokens.MANAGE)
    assert told()[-2:] == [
        ("asha@secret.example", "left", "queued"),
        ("carla@secret.example", "represents", "queued"),
    ]
    assert standing.state == "accepted"
    agreed = standing.consent_text
    assert standing.ledger.get(act="handed_over").facts["agreed"] == agreed.digest
    assert (agreed.form, agreed.language, agreed.words.count("\n")) == ("represent", "fr", 1)


def test_what_waits_to_be_verified_changes_hands_at_once_and_staff_see_it():
    waiting = SignOnFactory(organization_name="Bread House", email="asha@secret.example", confirmed=True)
    proposal = handed(waiting)
    waiting.refresh_from_db()
    assert (waiting.email, proposal.state, proposal.decided_by) == ("carla@secret.example", "accepted", None)
    assert acts(waiting) == ["proposed", "proposal_confirmed", "handed_over"]
    assert [way.title for way in ways_in.of(waiting, UserFactory(staff=True))] == [
        "Another representative than who signed"
    ]


def test_mail_to_the_former_one_that_was_not_sent_never_is(standing, staff_member):
    dead = mailing.compose("already_signed", key="dead", sign_on=standing)
    Message.objects.filter(pk=dead.pk).update(state="dead")
    proposing.accept(handed(standing), by=staff_member)
    to_the_former = Message.objects.filter(sign_on=standing, to_address="asha@secret.example")
    waiting = to_the_former.exclude(state="canceled").values_list("kind", flat=True)
    assert list(waiting) == ["proposal"]


def test_an_old_link_confirms_nothing_once_another_was_asked_for(standing):
    first = proposing.propose_representative(standing, **NEW)
    proposing.propose_representative(standing, **(NEW | {"email": "dora@secret.example"}))
    stale = Proposal.objects.get(pk=first.pk)
    assert not proposing.confirm_representative(stale, language="en", updates=False)
    ask = Message.objects.get(kind="new_representative", to_address="carla@secret.example")
    assert not relevance.is_true(ask)


def test_the_present_one_stops_it(standing, staff_member):
    proposal = handed(standing)
    assert proposing.take_back(proposal)
    assert not proposing.take_back(proposal)
    assert not proposing.accept(proposal, by=staff_member)
    standing.refresh_from_db()
    assert standing.email == "asha@secret.example"


def test_nothing_leads_from_the_ledger_to_the_address_of_the_former_one():
    waiting = SignOnFactory(organization_name="Bread House", email="asha@secret.example", confirmed=True)
    typed = f"{waiting.listed_name}\n{waiting.country}\nasha@secret.example"
    LedgerEntry.objects.append(waiting, LedgerEntry.Act.SIGNED, typed=LedgerEntry.salted(waiting, typed))
    handed(waiting)
    waiting.refresh_from_db()
    assert LedgerEntry.salted(waiting, typed) not in str(list(waiting.ledger.values_list("facts", flat=True)))
    before = ""
    for entry in waiting.ledger.order_by("number"):
        assert entry.is_intact(before)
        before = entry.digest


def test_an_individual_s_sign_on_has_nobody_else():
    own = SignOnFactory(individual=True, confirmed=True)
    with pytest.raises(proposing.CannotPropose):
        proposing.propose_representative(own, **NEW)


def test_one_address_gets_five_such_mails_an_hour(standing):
    for _number in range(5):
        proposing.propose_representative(standing, **NEW)
    with pytest.raises(proposing.TooMuchMail):
        proposing.propose_representative(standing, **NEW)


def test_a_link_that_nobody_follows_ends_after_thirty_days_and_names_go_after_ninety(standing):
    proposal = proposing.propose_representative(standing, **NEW)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert retention.forget_proposals() == 0
    proposal.refresh_from_db()
    assert proposal.state == "ended"
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert retention.forget_proposals() == 1


def test_it_is_kept_for_ninety_days_from_when_it_was_decided(standing, staff_member):
    proposal = proposing.propose_name(standing, "Bread Houses")
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        proposing.decline(proposal, by=staff_member, reason="It is another organization.")
    with time_machine.travel(timezone.now() + timedelta(days=95)):
        assert retention.forget_proposals() == 0
    with time_machine.travel(timezone.now() + timedelta(days=151)):
        assert due.by(timezone.now())["proposals"] == retention.forget_proposals() == 1


def test_mail_of_a_proposal_that_is_over_is_not_sent(standing, mailoutbox):
    proposing.propose_representative(standing, **NEW)
    Message.objects.exclude(kind__in=["proposal", "new_representative"]).delete()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert due.by(timezone.now())["proposals"] == 1
        retention.forget_proposals()
        assert due.by(timezone.now())["proposals"] == 0
    for days in (32, 91):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            retention.forget_proposals()
            Message.objects.update(state="queued", due_at=timezone.now())
            dispatching.deliver(dispatching.claim(limit=9))
            assert {state for _to, _what, state in told()} == {"canceled"}
    assert not Proposal.objects.exists()
    assert mailoutbox == []


def test_what_programs_know_it_by_stays_when_it_changes_hands_and_when_contacts_go(standing, staff_member):
    before = standing.public_id
    proposing.accept(handed(standing), by=staff_member)
    assert SignOn.objects.get().email == NEW["email"]
    assert SignOn.objects.get().public_id == before
    forgetting._representatives(SignOn.objects.all())
    assert SignOn.objects.get().public_id == before


def test_proposals_go_with_the_contacts_of_their_statement(standing):
    proposing.propose_representative(standing, **NEW)
    forgetting._representatives(SignOn.objects.filter(pk=standing.pk))
    assert not Proposal.objects.exists()


# The language, and who is told


def test_mail_comes_in_the_other_language_at_once(standing):
    waiting = mailing.compose("already_signed", key="waits", sign_on=standing)
    assert proposing.change_language(standing, "es")
    assert not proposing.change_language(standing, "es")
    waiting.refresh_from_db()
    assert waiting.language == "es"
    assert acts(standing)[-1] == "language_changed"


def test_staff_are_told_of_those_of_their_campaigns(standing):
    manager = UserFactory()
    roles.give(manager, "campaign_manager")
    proposing.propose_name(standing, "Bread Homes")
    assert pending.beside_sign_ons(manager) == []
    Membership.objects.create(user=manager, campaign=standing.statement.campaign)
    manager = type(manager).objects.get(pk=manager.pk)
    (found,) = pending.beside_sign_ons(manager)
    assert (found.code, found.number) == ("proposals", 1)
    assert found.url.endswith(f"?part=proposed&statement={standing.statement_id}")


def test_a_decision_that_is_not_told_yet_is_told_to_the_new_representative(standing, staff_member):
    told_before = mailing.compose("accepted", sign_on=standing, key="accepted again")
    proposing.accept(handed(standing), by=staff_member)
    assert Message.objects.get(kind="accepted", key="accepted again").to_address == "carla@secret.example"
    assert Message.objects.get(kind="accepted", key="accepted again").state == "queued", told_before


# What the database refuses


def test_a_sign_on_has_one_open_proposal_of_a_kind(standing):
    made = proposing.propose_name(standing, "Bread Homes")
    with Refused("a_sign_on_has_one_open_proposal_of_a_kind"):
        Proposal.objects.create(kind="listed", sign_on=standing, name="B", waits_since=made.waits_since)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("a_proposal_is_of_a_sign_on_or_an_organization", {"kind": "official", "state": "ended"}),
        ("a_proposal_that_waits_has_its_moment", {"kind": "listed", "name": "B"}),
        ("a_decided_proposal_has_its_moment", {"kind": "listed", "state": "accepted"}),
        ("an_open_proposal_says_something", {"kind": "listed", "waits_since": timezone.now()}),
        ("an_open_proposal_says_something", {"kind": "representative", "state": "asked", "name": "Carla"}),
    ],
)
def test_a_proposal_says_what_it_is_of_and_since_when(standing, constraint, fields):
    with Refused(constraint):
        Proposal.objects.create(sign_on=standing, **fields)


# What the database refuses


def test_a_proposal_is_of_one_thing_says_it_and_has_its_moments(standing):
    proposal = proposing.propose_name(standing, "Bread Houses")
    with Refused("a_proposal_is_of_a_sign_on_or_an_organization"):
        change(proposal, organization=standing.organization)
    with Refused("a_proposal_is_of_a_sign_on_or_an_organization"):
        change(proposal, sign_on=None)
    with Refused("a_proposal_that_waits_has_its_moment"):
        change(proposal, waits_since=None)
    with Refused("a_decided_proposal_has_its_moment"):
        change(proposal, state="declined")
    with Refused("an_open_proposal_says_something"):
        change(proposal, name="")
    asked = proposing.propose_representative(standing, **NEW)
    with Refused("an_open_proposal_says_something"):
        change(asked, email="")

import contextlib
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from signon import signing, verifying
from signon.casework import evidence
from signon.mail import rendering
from signon.matching import Party
from signon.models import (
    Case,
    Counter,
    Distinction,
    LedgerEntry,
    Membership,
    Organization,
    OrganizationDomain,
    OrganizationName,
    SignOn,
    User,
)
from signon.models.counter import Tally
from signon.naming import candidates, name_keys
from tests.factories import OrganizationFactory, SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def tally(statement):
    return Counter.objects.filter(statement=statement).tally()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def waiting(**fields):
    return SignOnFactory(confirmed=True, **fields)


def accept(sign_on, **how):
    verifying.accept(sign_on, by=UserFactory(), **how)
    return sign_on


def mail(sign_on, kind):
    """What the mail of this kind says, in its reader's language."""
    return rendering.render(sign_on.messages.get(kind=kind)).body


def directory():
    """All that stands in the directory, to be compared."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Organization, OrganizationName, OrganizationDomain, Distinction)
    ]


def found(name):
    return {each.organization for each in candidates.find(Party(name, "KE")) if each.same}


def test_accepting_lists_counts_and_enters_the_directory():
    sign_on, staff = SignOnFactory(confirmed=True), UserFactory()
    verifying.accept(sign_on, by=staff, reason="Known to us")
    assert (sign_on.state, sign_on.decided_by) == ("accepted", staff)
    assert sign_on.organization.name == sign_on.organization_name
    assert tally(sign_on.statement) == Tally(organizations=1, countries=1)
    assert sign_on.ledger.get(act="accepted").by == staff


def test_an_organization_of_the_same_name_and_country_is_found_again():
    first = accepted(organization_name="Third World Network", country="MY")
    second = accepted(organization_name="THIRD WORLD NETWORK", country="MY")
    elsewhere = accepted(organization_name="Third World Network", country="GH")
    assert second.organization == first.organization
    assert elsewhere.organization != first.organization


def test_an_organization_stands_once_on_a_statement():
    standing = accepted(organization_name="Third World Network")
    again = SignOnFactory(confirmed=True, statement=standing.statement, organization_name="Third World Network")
    with pytest.raises(verifying.StandsAlready) as caught:
        verifying.accept(again, by=UserFactory())
    assert caught.value.standing == standing
    again.refresh_from_db()
    assert (again.state, again.ledger.count(), again.messages.count()) == ("confirmed", 0, 0)
    assert tally(standing.statement).organizations == 1


def test_what_is_not_confirmed_cannot_be_accepted():
    sign_on = SignOnFactory()
    with pytest.raises(verifying.CannotDecide):
        verifying.accept(sign_on, by=UserFactory())
    assert Organization.objects.count() == 0


def test_declining_needs_a_reason_and_mails_it_after_ten_minutes():
    sign_on = SignOnFactory(confirmed=True)
    with pytest.raises(ValueError, match="reason"):
        verifying.decline(sign_on, by=UserFactory(), reason="  ")
    verifying.decline(sign_on, by=UserFactory(), reason="We could not reach you.")
    message = sign_on.messages.get()
    assert (message.kind, message.state) == ("declined", "queued")
    assert 590 < (message.due_at - timezone.now()).total_seconds() <= 600


def test_a_decision_taken_back_is_neither_listed_nor_counted_nor_mailed():
    sign_on = accepted()
    verifying.reopen(sign_on, by=UserFactory(), reason="Wrong one")
    assert (sign_on.state, sign_on.organization, sign_on.decided_by) == ("confirmed", None, None)
    assert sign_on.messages.get().state == "canceled"
    assert tally(sign_on.statement) == Tally()
    assert Organization.objects.count() == 0


def test_taking_back_leaves_an_organization_that_something_else_uses():
    first = accepted(organization_name="Third World Network")
    second = accepted(organization_name="Third World Network")
    verifying.reopen(first, by=UserFactory())
    assert second.organization.sign_ons.get() == second


def test_after_taking_back_a_new_decision_gets_a_mail_of_its_own():
    sign_on, staff = accepted(), UserFactory()
    verifying.reopen(sign_on, by=staff)
    verifying.accept(sign_on, by=staff)
    assert sorted(sign_on.messages.values_list("state", flat=True)) == ["canceled", "queued"]


def test_an_individual_is_counted_apart_and_makes_no_organization():
    sign_on = accepted(individual=True)
    assert sign_on.organization is None
    assert tally(sign_on.statement) == Tally(individuals=1)


def test_an_individual_s_address_stands_once():
    sign_on = accepted(individual=True, email="asha@secret.example")
    again = SignOnFactory(confirmed=True, individual=True, statement=sign_on.statement, email="Asha@secret.example")
    with pytest.raises(verifying.StandsAlready):
        verifying.accept(again, by=UserFactory())


def test_who_is_only_counted_adds_no_country():
    statement = StatementFactory()
    accepted(statement=statement, country="BH", consent_publish=False, listing="count")
    assert tally(statement) == Tally(organizations=1, countries=0)
    assert list(Counter.objects.values_list("country", flat=True)) == ["ZZ"]


def test_every_act_on_a_sign_on_keeps_its_chain_whole(capsys):
    from django.core.management import call_command

    sign_on = accepted()
    verifying.reopen(sign_on, by=UserFactory())
    verifying.decline(sign_on, by=UserFactory(), reason="Not an organization.")
    call_command("verify_ledger", sign_on.statement.slug)
    assert capsys.readouterr().out == "1 chains are intact.\n"
    assert [entry.act for entry in sign_on.ledger.all()] == ["accepted", "reopened", "declined"]


def test_a_withdrawn_sign_on_cannot_be_accepted():
    sign_on = SignOnFactory(confirmed=True)
    signing.withdraw(sign_on)
    with pytest.raises(verifying.CannotDecide):
        verifying.accept(sign_on, by=UserFactory())
    assert SignOn.objects.public().count() == 0


# Accepting: as what, and under which name


def test_a_corrected_name_is_listed_mailed_and_made_the_directory_s_and_what_was_typed_stays_an_alias():
    sign_on = accept(waiting(organization_name="Third Wrld Netwok"), listed_name="  Third World  Network (TWN) ")
    organization = sign_on.organization
    assert (sign_on.listed_name, sign_on.search_key) == ("Third World Network (TWN)", "third world network twn")
    assert (organization.name, organization.acronym) == ("Third World Network", "TWN")
    assert [name.name for name in organization.other_names.all()] == ["Third Wrld Netwok"]
    assert "We corrected how it is listed:" in mail(sign_on, "accepted")
    assert "Third World Network (TWN)" in mail(sign_on, "accepted")
    assert found("Third Wrld Netwok") == found("Third World Network") == {organization}
    assert "Third" not in str(sign_on.ledger.get(act="accepted").facts)


def test_a_name_left_as_it_was_typed_is_no_correction():
    sign_on = accept(waiting(organization_name="Third World Network", acronym="TWN"), listed_name="")
    assert (sign_on.listed_name, sign_on.organization.acronym) == ("Third World Network (TWN)", "TWN")
    assert "corrected" not in mail(sign_on, "accepted")
    assert "listed" not in sign_on.ledger.get(act="accepted").facts
    assert sign_on.organization.other_names.count() == 0


def test_taking_an_acceptance_back_puts_back_everything():
    before = directory()
    sign_on = waiting(organization_name="Third Wrld Netwok", email="a@twn.example")
    as_it_was = SignOn.objects.filter(pk=sign_on.pk).values().get()
    accept(sign_on, listed_name="Third World Network", record_domain=True)
    verifying.reopen(sign_on, by=UserFactory())
    assert directory() == before
    assert SignOn.objects.filter(pk=sign_on.pk).values().get() == as_it_was
    assert found("Third World Network") == set()


def test_taking_back_puts_back_what_it_added_to_an_entry_that_was_there():
    entry = OrganizationFactory(name="Third World Network")
    name_keys.index([entry])
    before = directory()
    sign_on = waiting(organization_name="TWN Penang", email="a@twn.example")
    accept(sign_on, organization=entry, record_domain=True, listed_name="Third World Network")
    assert (fresh(entry).verified_at is None, entry.other_names.count(), entry.domains.count()) == (False, 1, 1)
    verifying.reopen(sign_on, by=UserFactory())
    assert directory() == before
    assert (found("TWN Penang"), found("Third World Network")) == (set(), {entry})
    other = candidates.find(Party("Nothing Alike", "KE", website="https://twn.example"))
    assert other == [], "its keys went with its domain"


def test_an_alias_that_another_sign_on_is_under_stays_when_the_first_is_taken_back():
    entry = OrganizationFactory(name="Third World Network")
    first = accept(waiting(organization_name="TWN Penang"), organization=entry)
    second = accept(waiting(organization_name="TWN Penang"))
    assert second.organization == entry
    verifying.reopen(first, by=UserFactory())
    assert evidence.known_organization(waiting(organization_name="TWN Penang")) == entry


def test_a_decision_that_is_taken_back_and_taken_again_leaves_the_same_directory():
    sign_on = waiting(organization_name="TWN Penang", email="a@twn.example")
    for _time in range(2):
        accept(sign_on, listed_name="Third World Network", record_domain=True)
        assert sign_on.organization.domains.get().domain == "twn.example"
        assert Organization.objects.count() == OrganizationName.objects.count() == 1
        verifying.reopen(sign_on, by=UserFactory())
    assert Organization.objects.count() == 0


def test_staff_may_accept_as_a_given_entry_or_as_a_new_one_of_the_same_name():
    known, other = OrganizationFactory(name="Women's Forum"), OrganizationFactory(name="Forum")
    assert accept(waiting(organization_name="Women's Forum")).organization == known
    assert accept(waiting(organization_name="Women's Forum"), organization=other).organization == other
    made = accept(waiting(organization_name="Women's Forum"), as_new=True).organization
    assert made not in (known, other)
    assert (made.name, made.slug) == ("Women's Forum", "womens-forum")


def test_a_given_entry_that_was_merged_away_meanwhile_leads_to_the_one_that_is_left():
    first, second, third = OrganizationFactory(), OrganizationFactory(), OrganizationFactory()
    Organization.objects.filter(pk=first.pk).update(merged_into=second)
    Organization.objects.filter(pk=second.pk).update(merged_into=third)
    assert accept(waiting(), organization=first).organization == third


def test_a_given_entry_that_is_gone_meanwhile_decides_nothing():
    entry, sign_on = OrganizationFactory(), waiting()
    Organization.objects.filter(pk=entry.pk).delete()
    with pytest.raises(verifying.CannotDecide):
        accept(sign_on, organization=entry)
    assert (fresh(sign_on).state, sign_on.ledger.count()) == ("confirmed", 0)


def test_an_individual_is_accepted_as_no_organization_even_where_one_is_given():
    sign_on = accept(waiting(individual=True), organization=OrganizationFactory(), record_domain=True)
    assert (sign_on.organization, OrganizationDomain.objects.count()) == (None, 0)


def test_an_individual_s_listed_name_may_be_corrected():
    sign_on = accept(waiting(individual=True, affiliation="TWN"), listed_name="Asha Rao, Third World Network")
    assert sign_on.listed_name == "Asha Rao, Third World Network"
    verifying.reopen(sign_on, by=UserFactory())
    assert sign_on.listed_name == "Asha Rao, TWN"


@pytest.mark.parametrize("email", ["a@gmail.com", "a@mailinator.com", "a@co.uk", ""])
def test_a_domain_that_anybody_may_have_an_address_at_is_not_recorded(email):
    accept(waiting(email=email), record_domain=True)
    assert OrganizationDomain.objects.count() == 0


def test_an_address_s_domain_is_recorded_when_asked_once_and_by_whom():
    first = accept(waiting(organization_name="TWN", email="a@TWN.example"), record_domain=True)
    domain = OrganizationDomain.objects.get()
    assert (domain.domain, domain.organization, domain.added_by) == (
        "twn.example",
        first.organization,
        first.decided_by,
    )
    accept(waiting(organization_name="TWN", email="b@twn.example"), record_domain=True)
    accept(waiting(organization_name="TWN", email="b@other.example"))
    assert OrganizationDomain.objects.get() == domain


def test_a_domain_that_was_recorded_before_stays_when_a_later_acceptance_is_taken_back():
    accept(waiting(organization_name="TWN", email="a@twn.example"), record_domain=True)
    later = accept(waiting(organization_name="TWN", email="b@twn.example"), record_domain=True)
    verifying.reopen(later, by=UserFactory())
    assert OrganizationDomain.objects.count() == 1


# Verified: by persons alone


def test_an_entry_is_verified_as_long_as_one_person_s_decision_on_it_stands():
    first, second = (accept(waiting(organization_name="TWN")) for _number in range(2))
    entry = first.organization
    verifying.reopen(first, by=UserFactory())
    assert fresh(entry).verified_at is not None
    verifying.reopen(second, by=UserFactory())
    assert fresh(entry).verified_at is None


def test_an_import_verifies_nobody():
    entry = OrganizationFactory(name="TWN")
    SignOnFactory(
        organization=entry, source="import", state="accepted", decided_at=timezone.now(), decided_by=UserFactory()
    )
    sign_on = accept(waiting(organization_name="TWN"))
    verifying.reopen(sign_on, by=UserFactory())
    assert fresh(entry).verified_at is None


def test_who_withdraws_was_verified_all_the_same():
    first, second = (accept(waiting(organization_name="TWN")) for _number in range(2))
    signing.withdraw(first)
    verifying.reopen(second, by=UserFactory())
    assert fresh(first.organization).verified_at is not None


# Declining


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
@pytest.mark.parametrize("refusal", [code for code in SignOn.Refusal.values if code != "other"])
def test_who_is_declined_reads_the_chosen_reason_in_their_language_and_the_words_as_they_are(language, refusal):
    sign_on = waiting(language=language)
    verifying.decline(sign_on, by=UserFactory(), refusal=refusal, reason=" We <asked> twice & more. ")
    with translation.override(language):
        sentence = str(SignOn.Refusal(refusal).label)
    assert f"{sentence}. We <asked> twice & more." in " ".join(mail(sign_on, "declined").split())
    assert (sign_on.state, sign_on.refusal, sign_on.decision_reason) == (
        "declined",
        refusal,
        "We <asked> twice & more.",
    )
    assert sign_on.ledger.get().facts["refusal"] == refusal


def test_a_chosen_reason_needs_no_words():
    sign_on = waiting()
    verifying.decline(sign_on, by=UserFactory(), refusal="not_found")
    assert "The organization could not be found." in mail(sign_on, "declined")


@pytest.mark.parametrize("refusal", ["other", "", "because"])
def test_declining_without_a_reason_that_can_be_read_changes_nothing(refusal):
    sign_on = waiting()
    with pytest.raises(ValueError, match="reason"):
        verifying.decline(sign_on, by=UserFactory(), refusal=refusal, reason=" ")
    assert (fresh(sign_on).state, sign_on.ledger.count(), sign_on.messages.count()) == ("confirmed", 0, 0)


def test_taking_a_refusal_back_forgets_its_reason_and_its_mail():
    sign_on = waiting()
    verifying.decline(sign_on, by=UserFactory(), refusal="not_found", reason="Nowhere.")
    verifying.reopen(sign_on, by=UserFactory())
    assert (sign_on.state, sign_on.refusal, sign_on.decision_reason, sign_on.decided_by) == ("confirmed", "", "", None)
    assert sign_on.messages.get().state == "canceled"
    with pytest.raises(verifying.CannotDecide):
        verifying.reopen(sign_on, by=UserFactory())


# By a statement's rule


@pytest.fixture
def ruled():
    return StatementFactory(accepts_on_strong_evidence=True)


def strong(statement, name="Tebtebba"):
    """A sign-on of an organization that staff verified elsewhere, from the domain that they recorded for it."""
    domain = f"{name.lower().replace(' ', '-')}.example"
    if not Organization.objects.filter(name=name).exists():
        accept(waiting(organization_name=name, email=f"first@{domain}"), record_domain=True)
    return waiting(statement=statement, organization_name=name, email=f"asha@{domain}")


def test_the_rule_accepts_on_strong_evidence_under_its_own_account_and_says_on_what(ruled):
    sign_on = strong(ruled)
    assert verifying.accept_on_evidence(sign_on)
    entry = sign_on.ledger.get(act="accepted")
    assert (sign_on.state, sign_on.decided_by, entry.by) == ("accepted", User.objects.rule(), User.objects.rule())
    assert entry.facts["rule"] == "strong_evidence"
    assert {"organization_verified", "domain_recorded"} <= set(entry.facts["codes"])
    assert (tally(ruled).organizations, sign_on.messages.get().kind) == (1, "accepted")
    assert (User.objects.rule().is_active, User.objects.rule().check_password("")) == (False, False)


def test_the_rule_verifies_nobody(ruled):
    sign_on = strong(ruled)
    verifying.accept_on_evidence(sign_on)
    person_s = SignOn.objects.exclude(pk=sign_on.pk).get()
    verifying.reopen(person_s, by=UserFactory())
    assert fresh(sign_on).organization.verified_at is None
    assert not verifying.accept_on_evidence(strong(StatementFactory(accepts_on_strong_evidence=True)))


def test_without_the_statement_s_switch_nothing_is_accepted_by_itself(ruled):
    sign_on = strong(StatementFactory())
    assert not verifying.accept_on_evidence(sign_on)
    off = strong(ruled)
    type(ruled).objects.update(accepts_on_strong_evidence=False)
    assert not verifying.accept_on_evidence(off)
    assert (fresh(off).state, off.ledger.count(), off.messages.count()) == ("confirmed", 0, 0)


def test_what_staff_took_in_hand_is_theirs(ruled):
    asked, noted = strong(ruled), strong(ruled, "Oxfam")
    verifying.ask(asked, by=UserFactory(), words="Who are you?")
    assert not verifying.accept_on_evidence(asked)
    verifying.drop_question(asked, by=UserFactory())
    assert not verifying.accept_on_evidence(asked)
    verifying.note(noted, by=UserFactory(), words="Seems fine.")
    assert verifying.accept_on_evidence(noted)


def test_what_was_taken_back_is_not_accepted_by_itself_again(ruled):
    sign_on = strong(ruled)
    verifying.accept_on_evidence(sign_on)
    verifying.reopen(sign_on, by=UserFactory())
    assert not verifying.accept_on_evidence(sign_on)
    assert sign_on.state == "confirmed"


def test_what_stands_already_the_rule_leaves_as_it_is(ruled):
    first, second = strong(ruled), strong(ruled)
    assert [verifying.accept_on_evidence(first), verifying.accept_on_evidence(second)] == [False, False]
    first_alone = strong(ruled, "Oxfam")
    assert verifying.accept_on_evidence(first_alone)
    assert not verifying.accept_on_evidence(strong(ruled, "Oxfam"))
    assert not verifying.accept_on_evidence(first_alone)
    assert tally(ruled).organizations == 1


def test_undoing_the_rule_takes_back_all_that_it_accepted_and_nothing_that_staff_did(ruled):
    by_rule = [strong(ruled, name) for name in ("Tebtebba", "Oxfam", "Womens Forum")]
    assert all(verifying.accept_on_evidence(sign_on) for sign_on in by_rule)
    by_staff, elsewhere = accepted(statement=ruled), strong(StatementFactory(accepts_on_strong_evidence=True))
    verifying.accept_on_evidence(elsewhere)
    assert verifying.undo_rule(ruled, by=UserFactory()) == 3
    assert list(SignOn.objects.public().filter(statement=ruled)) == [by_staff]
    assert (tally(ruled).organizations, tally(elsewhere.statement).organizations) == (1, 1)
    assert {fresh(each).state for each in by_rule} == {"confirmed"}
    assert {each.messages.get().state for each in by_rule} == {"canceled"}
    assert not fresh(ruled).accepts_on_strong_evidence
    assert verifying.undo_rule(ruled, by=UserFactory()) == 0
    assert not any(verifying.accept_on_evidence(sign_on) for sign_on in by_rule)


# Correcting a signatory's name


def test_a_correction_changes_the_list_and_tells_the_signer_until_it_is_taken_back():
    sign_on = accepted(organization_name="Third Wrld Network")
    verifying.correct(sign_on, by=UserFactory(), listed_name=" Third  World Network ")
    assert (sign_on.listed_name, sign_on.search_key) == ("Third World Network", "third world network")
    assert "Third World Network" in mail(sign_on, "corrected")
    verifying.reopen(sign_on, by=UserFactory())
    assert sign_on.listed_name == "Third Wrld Network"
    assert set(sign_on.messages.values_list("state", flat=True)) == {"canceled"}


@pytest.mark.parametrize("state", ["delivered", "answered"])
def test_what_was_delivered_is_not_corrected(state):
    sign_on = accepted()
    type(sign_on.statement).objects.update(state=state)
    with pytest.raises(verifying.CannotDecide):
        verifying.correct(sign_on, by=UserFactory(), listed_name="Another Name")
    assert fresh(sign_on).listed_name == sign_on.organization_name


def test_nothing_is_corrected_to_nothing_to_the_same_or_before_it_stands():
    sign_on, before = accepted(), waiting()
    for each, name in [(sign_on, "  "), (sign_on, sign_on.listed_name), (before, "Another Name")]:
        with pytest.raises(verifying.CannotDecide):
            verifying.correct(each, by=UserFactory(), listed_name=name)
    assert LedgerEntry.objects.filter(act="corrected").count() == 0


# Telling the campaign


def test_the_campaign_s_people_are_told_of_each_accepted_where_the_statement_says_so():
    statement = StatementFactory(tells_of_each_accepted=True)
    person, gone, other = UserFactory(language="fr"), UserFactory(is_active=False), UserFactory()
    for user in (person, gone):
        Membership.objects.create(user=user, campaign=statement.campaign)
    Membership.objects.create(user=other, campaign=StatementFactory().campaign)
    sign_on = accept(waiting(statement=statement))
    notice = sign_on.messages.get(kind="notice")
    assert (notice.to_address, notice.language, notice.lane) == (person.email, "fr", "bulk")
    assert 590 < (notice.due_at - timezone.now()).total_seconds() <= 600
    verifying.reopen(sign_on, by=UserFactory())
    assert fresh(notice).state == "canceled"
    accept(sign_on)
    assert sign_on.messages.filter(kind="notice").count() == 2
    assert accepted(statement=StatementFactory(campaign=statement.campaign)).messages.count() == 1


def test_a_notice_names_nobody_who_is_only_counted():
    statement = StatementFactory(tells_of_each_accepted=True)
    Membership.objects.create(user=UserFactory(), campaign=statement.campaign)
    sign_on = accepted(statement=statement, organization_name="Hidden Women", listing="count", consent_publish=False)
    notice = rendering.render(sign_on.messages.get(kind="notice"))
    assert "Hidden" not in f"{notice.subject}{notice.body}{notice.alternatives}"


# Beside the decision


def test_a_note_is_for_colleagues_and_its_words_are_not_in_the_ledger():
    sign_on, staff = waiting(), UserFactory()
    written = verifying.note(sign_on, by=staff, words=" Called them. ")
    assert (written.words, written.by, sign_on.notes.get()) == ("Called them.", staff, written)
    assert sign_on.ledger.get().facts["note"] == written.pk
    assert "Called" not in str(sign_on.ledger.get().facts)
    assert sign_on.messages.count() == 0


def test_a_case_is_somebody_s_until_it_is_nobody_s():
    sign_on, staff, colleague = waiting(), UserFactory(), UserFactory()
    for to in (colleague, staff, None):
        verifying.assign(sign_on, by=staff, to=to)
        assert fresh(sign_on).case.assigned_to == to
    assert [entry.facts["to"] for entry in sign_on.ledger.all()] == [colleague.pk, staff.pk, None]


def test_who_opens_a_case_second_sees_who_has_it_until_it_is_given_back_or_forgotten():
    sign_on, first, second = waiting(), UserFactory(), UserFactory()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert verifying.take(sign_on, by=first) is None
        assert verifying.take(sign_on, by=second) == first
        clock.shift(verifying.TAKEN_FOR - timedelta(seconds=1))
        assert verifying.take(sign_on, by=first) is None, "each look begins the time anew"
        clock.shift(verifying.TAKEN_FOR)
        assert verifying.take(sign_on, by=second) == first
        clock.shift(timedelta(seconds=1))
        assert verifying.take(sign_on, by=second) is None
        verifying.release(sign_on, by=first)
        assert verifying.take(sign_on, by=first) == second, "nobody gives back what a colleague has"
        verifying.release(sign_on, by=second)
        assert verifying.take(sign_on, by=first) is None
    assert Case.objects.count() == 1


def test_what_is_told_apart_is_no_longer_known_and_accepted_as_a_new_entry():
    entry = OrganizationFactory(name="Women's Forum")
    sign_on, staff = waiting(organization_name="WOMEN'S  FORUM"), UserFactory()
    assert evidence.known_organization(sign_on) == entry
    for _time in range(2):
        verifying.tell_apart(sign_on, by=staff, organization=entry)
    assert evidence.known_organization(sign_on) is None
    assert sign_on.ledger.count() == 1
    accept(sign_on)
    assert sign_on.organization != entry
    assert accept(waiting(organization_name="Women's Forum")).organization == sign_on.organization


def test_telling_apart_is_undone_once():
    entry, staff = OrganizationFactory(name="Women's Forum"), UserFactory()
    sign_on = waiting(organization_name="Women's Forum")
    verifying.tell_apart(sign_on, by=staff, organization=entry)
    verifying.tell_apart_no_more(sign_on, by=staff, organization=entry)
    assert evidence.known_organization(sign_on) == entry
    with pytest.raises(verifying.CannotDecide):
        verifying.tell_apart_no_more(sign_on, by=staff, organization=entry)
    assert [entry.act for entry in sign_on.ledger.all()] == ["told_apart", "told_apart_no_more"]


def test_told_apart_says_nothing_about_the_same_name_in_another_country():
    here, there = OrganizationFactory(name="Forum"), OrganizationFactory(name="Forum", country="UG")
    verifying.tell_apart(waiting(organization_name="Forum"), by=UserFactory(), organization=here)
    assert evidence.known_organization(waiting(organization_name="Forum", country="UG")) == there


def test_no_act_of_staff_changes_what_was_typed():
    sign_on = waiting(organization_name="Third Wrld Network", acronym="TWN", email="a@twn.example")
    typed = {"organization_name", "acronym", "country", "email", "representative_name", "version", "link_key"}
    before = SignOn.objects.filter(pk=sign_on.pk).values(*typed).get()
    entry, staff = OrganizationFactory(), UserFactory()
    for act in (
        lambda: verifying.ask(sign_on, by=staff, words="Who?"),
        lambda: verifying.tell_apart(sign_on, by=staff, organization=entry),
        lambda: verifying.accept(sign_on, by=staff, listed_name="Another", organization=entry, record_domain=True),
        lambda: verifying.correct(sign_on, by=staff, listed_name="A Third"),
        lambda: verifying.reopen(sign_on, by=staff),
        lambda: verifying.decline(sign_on, by=staff, reason="No."),
    ):
        with contextlib.suppress(verifying.CannotDecide):
            act()
    assert SignOn.objects.filter(pk=sign_on.pk).values(*typed).get() == before


def test_taking_back_leaves_what_staff_typed_into_the_directory_by_hand():
    sign_on = accepted()
    entry = sign_on.organization
    entry.domains.create(domain="byhand.example")
    verifying.reopen(sign_on, by=UserFactory())
    assert list(entry.domains.values_list("domain", flat=True)) == ["byhand.example"]


def test_nothing_is_accepted_on_a_withdrawn_statement():
    sign_on = SignOnFactory(confirmed=True, statement=StatementFactory(state="withdrawn"))
    with pytest.raises(verifying.CannotDecide):
        verifying.accept(sign_on, by=UserFactory())

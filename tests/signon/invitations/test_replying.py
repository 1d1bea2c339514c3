"""What an invited organization does under its link, as verbs; the page is in views/test_invited.py."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from signon import signing, tokens
from signon.invitations import replying
from signon.models import Invitation, LedgerEntry, Message, SignOn, Sought
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db


def sign(invitation, **instead):
    typed = {
        "organization_name": invitation.organization_name, "country": "KE", "organization_type": "ngo",
        "representative_name": "Wanjiru", "email": invitation.email, "authorized": True, "consent_publish": True,
    }  # fmt: skip
    return replying.sign(invitation, language="en", digest="", network="", **(typed | instead))


def test_who_has_signed_before_on_the_public_page_is_found_and_signs_no_second_time():
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    before = SignOnFactory(
        statement=invitation.statement, confirmed=True, email=invitation.email, organization_name="Kituo cha Sheria"
    )
    assert sign(invitation) == before
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sign_on, SignOn.objects.count()) == ("signed", before, 1)


def test_an_individual_s_sign_on_is_no_answer_of_the_organization():
    invitation = InvitationFactory(statement=StatementFactory(accepts_individuals=True))
    signed = sign(invitation, signer="individual", organization_name="", organization_type="", authorized=False)
    invitation.refresh_from_db()
    assert (signed.state, invitation.state, invitation.sign_on) == ("confirmed", "waiting", None)


def test_what_fails_leaves_nothing_behind():
    invitation = InvitationFactory(statement__state="closed")
    with pytest.raises(signing.NotOpen):
        sign(invitation)
    assert (SignOn.objects.count(), LedgerEntry.objects.count(), Message.objects.count()) == (0, 0, 0)
    assert Invitation.objects.get().state == "waiting"


def test_the_mail_to_confirm_never_goes_out_where_the_link_confirmed():
    invitation = InvitationFactory()
    sign(invitation)
    assert dict(Message.objects.values_list("kind", "state")) == {
        "verification": "canceled", "signed_by_link": "queued"
    }  # fmt: skip


def test_signing_ends_reminders_that_are_on_their_way():
    from signon import inviting

    invitation = InvitationFactory()
    inviting.remind(invitation.statement)
    sign(invitation)
    assert Message.objects.get(kind="invitation_reminder").state == "canceled"


def test_every_move_that_the_table_forbids_is_refused():
    for state in Invitation.State.values:
        for to in Invitation.State.values:
            row = InvitationFactory(state=state, matched_by="staff", question="Why?")
            assert row.move(to) == (to in Invitation.MAY_BECOME[state]), (state, to)


@pytest.mark.parametrize("name", ["Pan African Climate Justice Alliance", "Bread and Roses Alliance"])
def test_another_name_under_the_link_settles_nothing_before_staff_decide(name):
    from signon import inviting
    from signon.invitations import reconciling

    # The form was filled in with these, and the address is at a domain that is somebody's: none of it is the name.
    invitation = InvitationFactory(organization_name="Kituo cha Sheria", acronym="KCS", website="https://kituo.example")
    signed = sign(invitation, organization_name=name, acronym="KCS", website="https://kituo.example")
    Sought.objects.all().delete()
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert (signed.state, invitation.state, invitation.perhaps) == ("confirmed", "waiting", signed)
    assert replying.is_undecided(invitation)
    assert inviting.remind(invitation.statement) == 0
    assert reconciling.is_not_it(invitation)
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.perhaps, invitation.sign_on) == ("waiting", None, None)
    assert inviting.remind(invitation.statement) == 1


def test_staff_may_say_that_the_other_name_is_the_invited_one_s():
    from signon.invitations import reconciling

    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    signed = sign(invitation, organization_name="Pan African Climate Justice Alliance")
    invitation.refresh_from_db()
    assert reconciling.is_it(invitation, signed)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.matched_by, invitation.perhaps) == ("signed", "staff", None)


def test_who_said_no_and_then_asked_is_not_reminded_once_it_is_answered():
    from signon import inviting

    invitation = InvitationFactory()
    replying.will_not_sign(invitation, reason="No time.")
    for words in ("May we say why?", "And when?"):
        assert replying.ask(invitation, words=words)
    invitation.refresh_from_db()
    assert replying.is_refused(invitation)
    assert inviting.tell_of_new_deadline(invitation.statement) == 0
    assert replying.answered(invitation, by=UserFactory(), words="Yes.")
    assert (invitation.state, invitation.reason, invitation.before_asking) == ("refused", "No time.", "")
    assert inviting.remind(invitation.statement) == 0
    assert replying.reopen(invitation)
    assert not replying.reopen(invitation)
    assert inviting.remind(invitation.statement) == 1


def test_who_takes_its_no_back_while_it_asks_waits_for_the_answer_and_is_asked_again():
    invitation = InvitationFactory()
    replying.will_not_sign(invitation, reason="")
    replying.ask(invitation, words="Why?")
    assert replying.reopen(invitation)
    invitation.refresh_from_db()
    assert (invitation.state, replying.is_refused(invitation)) == ("asks", False)
    replying.answered(invitation, by=UserFactory(), words="")
    assert Invitation.objects.get().state == "waiting"


def test_staff_note_that_one_may_be_asked_again_after_a_no():
    invitation, by = InvitationFactory(), UserFactory()
    assert not replying.ask_again(invitation, by=by)
    replying.will_not_sign(invitation, reason="")
    invitation.refresh_from_db()
    assert replying.ask_again(invitation, by=by)
    assert (invitation.state, [(each.by, "Will not sign" in each.words) for each in invitation.told.all()]) == (
        "waiting",
        [(by, True)],
    )


def test_an_answer_to_a_question_is_noted_once():
    invitation = InvitationFactory(state="asks", question="May we sign as two?")
    by = UserFactory()
    assert [replying.answered(invitation, by=by, words="Yes.") for _number in range(2)] == [True, False]
    assert [note.words for note in invitation.told.all()] == ["Yes."]


def test_a_link_whose_key_was_changed_does_nothing():
    invitation = InvitationFactory()
    Invitation.objects.update(link_key="another")
    for verb in (sign, lambda row: replying.will_not_sign(row, reason=""), lambda row: replying.ask(row, words="x")):
        with pytest.raises(tokens.Ended):
            verb(invitation)
    assert (SignOn.objects.count(), Invitation.objects.get().state) == (0, "waiting")


@pytest.mark.django_db(transaction=True)
def test_a_button_that_is_pressed_twice_at_once_signs_once():
    invitation = InvitationFactory()
    begin, told = threading.Barrier(4, timeout=30), []

    def press():
        begin.wait()
        try:
            told.append(sign(Invitation.objects.get()).state)
        except replying.AnsweredAlready:
            told.append("answered already")
        connection.close()

    threads = [threading.Thread(target=press) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["answered already"] * 3 + ["confirmed"]
    assert (SignOn.objects.count(), LedgerEntry.objects.filter(act="confirmed").count()) == (1, 1)
    assert Invitation.objects.get(pk=invitation.pk).state == "signed"


def by_a_stranger(invitation):
    """A sign-on that a stranger made in the name of the invited organization, found by the name alone."""
    from signon.invitations import reconciling

    SignOnFactory(
        statement=invitation.statement, confirmed=True, email="stranger@gmail.com", country=invitation.country,
        organization_name=invitation.organization_name,
    )  # fmt: skip
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.matched_by) == ("signed", "organization")
    return invitation.sign_on


def test_a_stranger_who_signs_in_its_name_shuts_an_invited_organization_out_at_no_time():
    from signon import inviting, verifying
    from signon.invitations import reconciling

    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    stranger = by_a_stranger(invitation)
    assert not replying.stands(invitation)
    verifying.decline(stranger, by=UserFactory(), refusal="not_found")
    reconciling.follow()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sign_on, invitation.matched_by) == ("waiting", None, "")
    assert inviting.remind(invitation.statement) == 1
    signed = sign(invitation)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sign_on, invitation.matched_by) == ("signed", signed, "link")
    assert replying.stands(invitation)


def test_it_signs_while_a_stranger_s_sign_on_counts_for_it():
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    stranger = by_a_stranger(invitation)
    signed = sign(invitation)
    invitation.refresh_from_db()
    assert signed != stranger
    assert (invitation.state, invitation.sign_on, invitation.matched_by) == ("signed", signed, "link")


def test_it_says_that_it_was_another_and_staff_decide():
    from signon.invitations import reconciling

    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    stranger = by_a_stranger(invitation)
    assert replying.was_not_us(invitation)
    assert not replying.was_not_us(invitation)
    Sought.objects.all().delete()
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sign_on, invitation.perhaps) == ("waiting", None, stranger)
    assert replying.is_denied(invitation)
    assert list(reconciling.of(invitation.statement)) == [invitation]
    assert reconciling.is_it(invitation, stranger)
    assert not replying.was_not_us(invitation)
    assert replying.stands(Invitation.objects.get())


@pytest.mark.parametrize("state", ["signed", "declined"])
def test_a_question_is_kept_also_after_it_has_signed(state):
    from signon import verifying
    from signon.invitations import reconciling

    invitation = InvitationFactory()
    signed = sign(invitation)
    if state == "declined":
        verifying.decline(signed, by=UserFactory(), refusal="not_found")
        reconciling.follow()
    invitation.refresh_from_db()
    assert replying.ask(invitation, words="May we change our name?")
    Sought.objects.all().delete()
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.question) == ("asks", "May we change our name?")
    assert replying.stands(invitation)
    assert replying.answered(invitation, by=UserFactory(), words="Yes.")
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sign_on, invitation.matched_by) == (state, signed, "link")


def test_one_link_confirms_one_sign_on_and_every_other_confirms_by_mail():
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    names = ["Pan African Climate Justice Alliance", "Bread and Roses Alliance", "Women for Water"]
    signed = [sign(invitation, organization_name=name) for name in names]
    assert [each.state for each in signed] == ["confirmed", "unconfirmed", "unconfirmed"]
    sent = Message.objects.filter(kind="verification", state="queued")
    assert set(sent.values_list("sign_on", flat=True)) == {each.pk for each in signed[1:]}
    invitation.refresh_from_db()
    assert replying.is_undecided(invitation)
    assert invitation.perhaps == signed[0]


def test_what_was_taken_back_is_not_counted_as_the_one_that_a_link_confirms():
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    signed = sign(invitation, organization_name="Women for Water")
    assert not replying.confirms_for(invitation, invitation.email)
    assert replying.confirms_for(invitation, invitation.email, besides=signed)
    SignOn.objects.update(state="expired", ended_at=timezone.now())
    assert replying.confirms_for(invitation, invitation.email)

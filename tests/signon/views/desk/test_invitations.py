"""Organizers' pages of invitations."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from signon import inviting, mailing
from signon.invitations import reconciling
from signon.models import Invitation, InvitationNote, InvitationWords, Inviting, Membership, Message
from signon.people import roles
from tests.factories import (
    InvitationFactory,
    OrganizationFactory,
    SignOnFactory,
    StatementFactory,
    UserFactory,
    accepted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(staff):
    """A campaign's manager, with a statement of the campaign."""

    def made():
        user, statement = staff("campaign_manager"), StatementFactory()
        Membership.objects.create(user=user, campaign=statement.campaign)
        return user, statement

    return made


def url(name, *args):
    return reverse(name, args=args)


def page_of(answer):
    return answer.content.decode()


PAGES = ["desk-invitations", "desk-invitations-add", "desk-invitations-planned", "desk-invitations-words"]


@pytest.mark.parametrize("name", [*PAGES, "desk-invitations-mail"])
def test_a_manager_opens_the_own_campaign_s_and_finds_no_other_s(client, manager, name):
    _user, statement = manager()
    other = InvitationFactory(organization_name="Secretly invited")
    assert client.get(url(name, statement.slug)).status_code == 200
    answer = client.get(url(name, other.statement.slug))
    assert answer.status_code == 404
    assert "Secretly invited" not in page_of(answer)


@pytest.mark.parametrize(
    "name", ["note", "contact", "assign", "answered", "it-is", "it-is-not", "ask-again", "mend", "skip"]
)
def test_another_campaign_s_manager_acts_on_no_invitation(client, manager, name):
    manager()
    for other in (InvitationFactory(email="secret@invited.example"), InvitationFactory(planned=True)):
        before = Invitation.objects.filter(pk=other.pk).values().get()
        assert client.get(url("desk-invitation", other.pk)).status_code == 404
        answer = client.post(url("desk-invitation-act", other.pk, name), {"words": "x", "email": "x@x.example"})
        assert answer.status_code == 404
        assert Invitation.objects.filter(pk=other.pk).values().get() == before
    assert InvitationNote.objects.count() == 0


@pytest.mark.parametrize("name", ["assign", "remind", "remind-all", "remove", "send-unsent"])
def test_another_campaign_s_manager_acts_on_no_list(client, manager, name):
    user, statement = manager()
    other = InvitationFactory()
    posted = {"invitation": other.pk, "to": user.pk}
    assert client.post(url("desk-invitations-act", other.statement.slug, name), posted).status_code == 404
    client.post(url("desk-invitations-act", statement.slug, name), posted)
    other.refresh_from_db()
    assert (other.reminders, other.looked_after_by) == (0, None)


@pytest.mark.parametrize("role", ["editor", "verifier", "exporter"])
def test_who_does_not_organize_is_refused(client, staff, role):
    staff(role)
    invitation = InvitationFactory()
    for name in PAGES:
        assert client.get(url(name, invitation.statement.slug)).status_code == 403
    assert client.get(url("desk-invitation", invitation.pk)).status_code == 403


def test_from_a_pasted_list_to_mails_on_their_way(client, manager):
    user, statement = manager()
    text = "Organization\tCountry\tE-mail\nKituo cha Sheria\tKenya\ta@x.example\nNo Address\tKenya\t"
    add = url("desk-invitations-add", statement.slug)
    asked = client.post(add, {"act": "list", "text": text, "language": "fr"})
    form = asked.context["form"]
    shown = page_of(asked)
    assert (asked.status_code, Invitation.objects.count()) == (200, 0)
    assert '<option value="organization_name" selected>' in shown
    assert "a@x.example" in shown
    posted = {field.html_name: field.value() for field in form} | {"act": "columns"}
    nameless = client.post(add, posted | {"column-0": ""})
    assert (nameless.status_code, Invitation.objects.count()) == (422, 0)
    answer = client.post(add, posted, follow=True)
    page = page_of(answer)
    for words in ("Kituo cha Sheria", "a@x.example", "No e-mail address", "Send 1 invitation", "Nothing is sent yet"):
        assert words in page
    inviting.advance()
    assert Message.objects.count() == 0
    planned = url("desk-invitations-planned", statement.slug)
    stale = client.post(planned, {"act": "send", "sendable": "2"}, follow=True)
    assert "The number has changed" in page_of(stale)
    client.post(planned, {"act": "send", "sendable": "1"})
    inviting.advance()
    sent = Message.objects.get()
    assert (sent.to_address, sent.language) == ("a@x.example", "fr")
    assert sent.invitation.looked_after_by == user


def test_a_list_that_cannot_be_read_is_shown_again_with_the_reason(client, manager):
    _user, statement = manager()
    answer = client.post(url("desk-invitations-add", statement.slug), {"act": "list", "text": "", "language": "en"})
    assert answer.status_code == 422
    assert "Choose a file, or paste a list" in page_of(answer)


def test_from_an_earlier_statement_of_the_own_campaigns_alone(client, manager):
    _user, statement = manager()
    own = StatementFactory(campaign=statement.campaign)
    accepted(statement=own, organization_name="Stood before")
    theirs = accepted(organization_name="Elsewhere").statement
    add = url("desk-invitations-add", statement.slug)
    assert theirs.slug not in page_of(client.get(add))
    refused = client.post(add, {"act": "earlier", "statement": theirs.pk, "language": "en"})
    assert refused.status_code == 422
    client.post(add, {"act": "earlier", "statement": own.pk, "language": "en"})
    assert list(statement.invitations.values_list("organization_name", flat=True)) == ["Stood before"]


def test_from_the_directory_the_chosen_or_all_that_were_found(client, manager):
    _user, statement = manager()
    bread = OrganizationFactory(name="Bread for all", country="KE")
    OrganizationFactory(name="Bread and roses", country="KE")
    OrganizationFactory(name="Bread", country="MX")
    add = url("desk-invitations-add", statement.slug)
    assert "Bread and roses" in page_of(client.get(f"{add}?q=bread&country=KE"))
    client.post(f"{add}?q=bread&country=KE", {"act": "directory", "organization": bread.pk, "language": "es"})
    assert [(each.organization, each.language) for each in statement.invitations.all()] == [(bread, "es")]
    client.post(f"{add}?q=bread&country=KE", {"act": "directory", "which": "all", "language": "es"})
    assert statement.invitations.count() == 2


def test_a_planned_row_is_mended_or_left_out(client, manager):
    _user, statement = manager()
    row, other = (InvitationFactory(statement=statement, planned=True, email="") for _number in range(2))
    posted = {"organization_name": "Mended", "country": "CD", "language": "fr", "email": "a@x.example"}
    assert client.post(url("desk-invitation-act", row.pk, "mend"), posted | {"email": "x"}).status_code == 422
    client.post(url("desk-invitation-act", row.pk, "mend"), posted)
    row.refresh_from_db()
    assert (row.organization_name, row.country, row.email, row.scope) == ("Mended", "CD", "a@x.example", "national")
    client.post(url("desk-invitation-act", other.pk, "skip"))
    assert list(statement.invitations.all()) == [row]
    client.post(url("desk-invitations-planned", statement.slug), {"act": "skip", "invitation": row.pk})
    assert statement.invitations.count() == 0


def test_the_list_is_filtered_by_what_came_of_it_country_and_who_looks_after_it(client, manager):
    user, statement = manager()
    InvitationFactory(statement=statement, organization_name="Waits in Kenya")
    InvitationFactory(statement=statement, organization_name="Bounced in Mexico", state="bounced", country="MX")
    InvitationFactory(statement=statement, organization_name="Mine anywhere", looked_after_by=user, country="")
    listed = url("desk-invitations", statement.slug)
    for query, shown in [
        ("", {"Waits in Kenya", "Bounced in Mexico", "Mine anywhere"}),
        ("?state=bounced", {"Bounced in Mexico"}),
        ("?country=KE", {"Waits in Kenya"}),
        ("?country=-", {"Mine anywhere"}),
        (f"?by={user.pk}", {"Mine anywhere"}),
        ("?by=-&state=waiting", {"Waits in Kenya"}),
        ("?state=nonsense&by=x", {"Waits in Kenya", "Bounced in Mexico", "Mine anywhere"}),
    ]:
        found = client.get(listed + query).context["invitations"]
        assert {str(each) for each in found} == shown, query


@pytest.mark.parametrize("number", [1, 3, 1000])
def test_the_list_opens_with_a_fixed_number_of_queries(client, manager, number, django_assert_num_queries):
    user, statement = manager()
    signed = SignOnFactory(statement=statement, confirmed=True)
    made = InvitationFactory.build_batch(number, statement=statement, created_by=user, looked_after_by=user)
    for each in made:
        each.perhaps = signed
    Invitation.objects.bulk_create(made)
    client.get(url("desk-invitations", statement.slug))  # permissions and content types are known then
    with django_assert_num_queries(16):
        page = page_of(client.get(url("desk-invitations", statement.slug)))
    assert ("Next page" in page) == (number > 100)


def test_pages_follow_each_other_and_miss_nobody(client, manager):
    _user, statement = manager()
    for _number in range(101):
        InvitationFactory(statement=statement)
    answer = client.get(url("desk-invitations", statement.slug))
    after = client.get(url("desk-invitations", statement.slug) + answer.context["next_url"])
    seen = [each.pk for each in (*answer.context["invitations"], *after.context["invitations"])]
    assert seen == list(statement.invitations.order_by("pk").values_list("pk", flat=True))


def test_many_are_assigned_and_reminded_at_once(client, manager):
    user, statement = manager()
    chosen = [InvitationFactory(statement=statement) for _number in range(2)]
    other = InvitationFactory(statement=statement)
    posted = {"invitation": [each.pk for each in chosen], "to": user.pk}
    client.post(url("desk-invitations-act", statement.slug, "assign"), posted)
    client.post(url("desk-invitations-act", statement.slug, "remind"), posted)
    other.refresh_from_db()
    assert (other.looked_after_by, other.reminders) == (None, 0)
    assert set(Invitation.objects.exclude(pk=other.pk).values_list("looked_after_by", "reminders")) == {(user.pk, 1)}
    client.post(url("desk-invitations-act", statement.slug, "remind-all"), posted)
    assert set(Invitation.objects.values_list("reminders", flat=True)) == {1}


def test_nobody_is_assigned_who_does_not_work_on_the_statement(client, manager):
    _user, statement = manager()
    stranger = UserFactory()
    roles.give(stranger, "campaign_manager")
    invitation = InvitationFactory(statement=statement)
    answer = client.post(url("desk-invitation-act", invitation.pk, "assign"), {"to": stranger.pk})
    assert answer.status_code == 422
    assert str(stranger) not in page_of(client.get(url("desk-invitation", invitation.pk)))


def test_one_invitation_shows_its_answer_notes_and_mails(client, manager):
    _user, statement = manager()
    invitation = InvitationFactory(statement=statement, state="asks", question="May we sign as two?")
    page = page_of(client.get(url("desk-invitation", invitation.pk)))
    assert "May we sign as two?" in page
    client.post(url("desk-invitation-act", invitation.pk, "note"), {"words": "Called on Monday."})
    client.post(url("desk-invitation-act", invitation.pk, "answered"), {"words": "Yes, they may."})
    invitation.refresh_from_db()
    assert (invitation.state, bool(invitation.answered_at)) == ("waiting", True)
    page = page_of(client.get(url("desk-invitation", invitation.pk)))
    assert ("Called on Monday." in page, "Yes, they may." in page) == (True, True)


def test_another_address_is_invited_from_its_page_unless_it_is_taken(client, manager):
    _user, statement = manager()
    one, other = (InvitationFactory(statement=statement) for _number in range(2))
    posted = {"contact_name": "New", "email": other.email, "language": "fr"}
    answer = client.post(url("desk-invitation-act", one.pk, "contact"), posted, follow=True)
    assert "is invited to this statement already" in page_of(answer)
    client.post(url("desk-invitation-act", one.pk, "contact"), posted | {"email": "new@x.example"})
    inviting.advance()
    assert Message.objects.get(invitation=one).to_address == "new@x.example"


def test_staff_decide_whose_sign_on_it_is(client, manager):
    _user, statement = manager()
    signed = SignOnFactory(statement=statement, confirmed=True, organization_name="Roses for all")
    elsewhere = SignOnFactory(confirmed=True, organization_name="Roses for all")
    invitation = InvitationFactory(statement=statement, perhaps=signed, perhaps_score=0.6)
    page = url("desk-invitation", invitation.pk)
    assert "Is this its sign-on?" in page_of(client.get(page))
    assert [each.pk for each in client.get(f"{page}?q=roses").context["choices"]] == [signed.pk]
    client.post(url("desk-invitation-act", invitation.pk, "it-is"), {"sign_on": elsewhere.pk})
    assert Invitation.objects.get().state == "waiting"
    client.post(url("desk-invitation-act", invitation.pk, "it-is"), {"sign_on": signed.pk})
    found = Invitation.objects.get()
    assert (found.state, found.sign_on, found.matched_by) == ("signed", signed, "staff")
    client.post(url("desk-invitation-act", invitation.pk, "it-is-not"))
    found.refresh_from_db()
    assert (found.state, found.sign_on, found.not_these) == ("waiting", None, [signed.pk])


def test_words_of_staff_are_kept_in_each_language_and_shown_in_the_mail(client, manager):
    _user, statement = manager()
    posted = {
        "en-words": "We met **in Nairobi**.",
        "fr-words": "",
        "es-words": "",
        "ar-words": "",
        "remind_before": "7",
    }
    client.post(url("desk-invitations-words", statement.slug), posted)
    assert InvitationWords.objects.get(language="en").words == "We met **in Nairobi**."
    assert Inviting.objects.get().remind_before == 7
    mail = url("desk-invitations-mail", statement.slug)
    assert "<strong>in Nairobi</strong>" in page_of(client.get(f"{mail}?language=en"))
    assert "Nairobi" not in page_of(client.get(f"{mail}?language=fr"))


def test_the_look_at_the_mail_writes_nothing(client, manager):
    _user, statement = manager()
    client.get(url("desk-invitations-mail", statement.slug))
    assert (Message.objects.count(), Invitation.objects.count()) == (0, 0)


def test_who_was_reminded_lately_is_not_offered_to_be_reminded(client, manager):
    _user, statement = manager()
    InvitationFactory(statement=statement, reminded_at=timezone.now() - timedelta(days=1), reminders=1)
    assert "Remind" not in page_of(client.get(url("desk-invitations", statement.slug))).replace("Remind the chosen", "")


def test_a_manager_sees_no_mail_of_another_campaign_s_invitations_or_sign_ons(client, manager):
    _user, statement = manager()
    own = InvitationFactory(statement=statement, email="own@invited.example")
    theirs = InvitationFactory(email="secret@invited.example")
    for number, each in enumerate((own, theirs)):
        for state in ("queued", "dead", "bounced"):
            mailing.compose("invitation", key=f"{number}{state}", to=each.email, invitation=each)
            Message.objects.filter(key=f"{number}{state}").update(state=state)
    signed = SignOnFactory(email="secret@signed.example")
    mailing.compose("verification", key="x", sign_on=signed)
    for address in (url("desk-mail"), url("admin:signon_message_changelist")):
        page = page_of(client.get(address))
        assert ("own@invited.example" in page, "secret@" in page) == (True, False)
    dead = Message.objects.get(key="1dead")
    assert client.post(url("desk-message", dead.pk, "again")).status_code == 404
    assert client.get(url("admin:signon_message_change", dead.pk)).status_code == 302


def test_a_row_sent_after_an_organization_signed_under_another_form_of_its_name_is_matched(client, manager):
    _user, statement = manager()
    signed = SignOnFactory(statement=statement, confirmed=True, organization_name="Women for Water Network")
    InvitationFactory(statement=statement)
    reconciling.reconcile_due()
    row = InvitationFactory(statement=statement, planned=True, organization_name="Women for Water")
    client.post(url("desk-invitations-planned", statement.slug), {"act": "send", "sendable": "1"})
    reconciling.reconcile_due()
    row.refresh_from_db()
    assert (row.state, row.sign_on) == ("signed", signed)


@pytest.mark.parametrize("number", [1, 3, 300])
def test_the_planned_rows_open_with_a_fixed_number_of_queries(client, manager, number, django_assert_num_queries):
    user, statement = manager()
    made = InvitationFactory.build_batch(number, statement=statement, created_by=user, planned=True)
    Invitation.objects.bulk_create(made)
    client.get(url("desk-invitations-planned", statement.slug))
    with django_assert_num_queries(13):
        client.get(url("desk-invitations-planned", statement.slug))


def test_who_is_not_reminded_is_told_of_with_the_reason(client, manager):
    _user, statement = manager()
    fresh = InvitationFactory(statement=statement, invited_at=timezone.now())
    no = InvitationFactory(statement=statement, state="refused")
    posted = {"invitation": [fresh.pk, no.pk]}
    page = page_of(client.post(url("desk-invitations-act", statement.slug, "remind"), posted, follow=True))
    assert "Reminders are on their way to 0." in page
    assert "Not reminded: has answered (1) · was mailed less than three days ago (1)." in page


def test_what_was_never_sent_is_offered_and_the_deadline_s_page_says_who_is_told(client, manager):
    _user, statement = manager()
    InvitationFactory(statement=statement)
    lost = InvitationFactory(statement=statement, email="lost@x.example")
    Message.objects.create(
        kind="invitation", key="x", message_id="<x>", invitation=lost, to_address=lost.email, state="canceled"
    )
    deadline = page_of(client.get(url("desk-statement-deadline", statement.slug)))
    assert "1 invited organization has not answered" in deadline
    assert "1 invitation never went out" in deadline
    assert "Send 1 invitation now" in page_of(client.get(url("desk-invitations", statement.slug)))
    act = url("desk-invitations-act", statement.slug, "send-unsent")
    assert "on their way to 1." in page_of(client.post(act, follow=True))
    lost.refresh_from_db()
    assert lost.mail_wanted_at


def test_a_sign_on_in_another_name_is_asked_about(client, manager):
    _user, statement = manager()
    signed = SignOnFactory(statement=statement, confirmed=True, organization_name="Another Name")
    invitation = InvitationFactory(statement=statement, sign_on=signed, perhaps=signed)
    page = page_of(client.get(url("desk-invitation", invitation.pk)))
    assert "Signed under another name. Is it this one?" in page
    client.post(url("desk-invitation-act", invitation.pk, "it-is"), {"sign_on": signed.pk})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.matched_by) == ("signed", "staff")


def test_one_that_withdrew_may_be_asked_again_if_staff_heard_so(client, manager):
    _user, statement = manager()
    invitation = InvitationFactory(statement=statement, state="withdrew")
    page = page_of(client.get(url("desk-invitation", invitation.pk)))
    assert "Signed and withdrew" in page
    assert "It may be asked again" in page
    client.post(url("desk-invitation-act", invitation.pk, "ask-again"))
    invitation.refresh_from_db()
    assert (invitation.state, invitation.told.count()) == ("waiting", 1)

"""The page behind an invitation's personal link, as whoever holds the link sees it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signon import inviting, signing, tokens
from signon.invitations import reconciling
from signon.mail import bouncing
from signon.models import Invitation, LedgerEntry, Message, SignOn
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    """One that is refused wherever a CSRF token is asked for."""
    return Client(enforce_csrf_checks=True)


def path(invitation, name="invitation", *more):
    return reverse(name, args=[tokens.make(invitation, tokens.INVITATION), *more])


def typed(invitation, **instead):
    """What the form holds once somebody looked at it and ticked what has to be ticked."""
    return {
        "organization_name": invitation.organization_name,
        "country": invitation.country,
        "organization_type": "ngo",
        "representative_name": invitation.contact_name,
        "email": invitation.email,
        "authorized": "on",
        "consent_publish": "on",
        "text": invitation.statement.text().digest,
    } | instead


def test_opening_the_link_changes_nothing(browser):
    invitation = InvitationFactory()
    before = Invitation.objects.values().get()
    for method in (browser.get, browser.head):
        answer = method(path(invitation))
        assert (answer.status_code, answer.cookies) == (200, {})
    assert Invitation.objects.values().get() == before
    assert (SignOn.objects.count(), Message.objects.count()) == (0, 0)


def test_the_form_is_filled_in_and_presumes_no_consent(browser):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria", acronym="KCS", email="wanjiru@invited.example")
    form = browser.get(path(invitation)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    assert shown["organization_name"] == "Kituo cha Sheria"
    assert (shown["acronym"], shown["country"]) == ("KCS", "KE")
    assert (shown["representative_name"], shown["email"]) == ("Wanjiru Otieno", "wanjiru@invited.example")
    assert [name for name in ("authorized", "consent_publish", "consent_updates") if shown[name]] == []
    assert "checked" not in browser.get(path(invitation)).content.decode().split("Agreement")[1].split("<details")[0]


def test_whoever_ticks_nothing_does_not_sign(browser):
    invitation = InvitationFactory()
    posted = typed(invitation)
    del posted["authorized"], posted["consent_publish"]
    assert browser.post(path(invitation), posted).status_code == 422
    assert SignOn.objects.count() == 0
    posted["authorized"] = "on"
    browser.post(path(invitation), posted)
    signed = SignOn.objects.get()
    assert (signed.consent_publish, signed.consent_updates, signed.listing) == (False, False, "count")


def test_pressing_the_button_confirms_for_the_address_that_the_link_went_to(browser):
    invitation = InvitationFactory(email="Wanjiru@invited.example")
    answer = browser.post(path(invitation), typed(invitation, email="wanjiru@INVITED.example"))
    page = answer.content.decode()
    assert ("It is signed and confirmed" in page, "Thank you for confirming" in page) == (True, False)
    signed = SignOn.objects.get()
    assert (signed.state, signed.via, signed.source) == ("confirmed", "invitation", "form")
    assert signed.confirmed_at
    confirmed = LedgerEntry.objects.get(act="confirmed")
    assert confirmed.facts == {"version": 1, "how": "invitation", "invitation": invitation.pk}
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sign_on, invitation.matched_by) == ("signed", signed, "link")


def test_the_address_is_told_at_once_what_was_signed_in_its_name_and_how_to_withdraw(browser):
    invitation = InvitationFactory()
    browser.post(path(invitation), typed(invitation))
    waiting = Message.objects.filter(state="queued")
    assert [(message.kind, message.to_address) for message in waiting] == [("signed_by_link", invitation.email)]
    assert "/sign-ons/manage/" in rendered(waiting.get())


def rendered(message):
    from signon.mail import rendering

    return rendering.words(message)[1]


@pytest.mark.parametrize("other", ["achieng@elsewhere.example", "wanjiru+press@invited.example"])
def test_a_forwarded_link_confirms_for_no_other_address(browser, other):
    invitation = InvitationFactory(email="wanjiru@invited.example")
    answer = browser.post(path(invitation), typed(invitation, email=other, representative_name="Achieng"))
    assert answer.url == reverse("sign-on-sent", args=[invitation.statement.slug])
    signed = SignOn.objects.get()
    assert (signed.state, signed.confirmed_at) == ("unconfirmed", None)
    assert [(each.kind, each.to_address) for each in Message.objects.all()] == [("verification", other)]
    invitation.refresh_from_db()
    assert invitation.state == "waiting"


def test_a_forwarded_link_does_not_tell_whether_another_address_has_signed(browser):
    invitation = InvitationFactory()
    SignOnFactory(statement=invitation.statement, email="achieng@known.example", confirmed=True)
    answers = [
        browser.post(path(invitation), typed(invitation, email=email, organization_name="Organization 0"))
        for email in ("achieng@known.example", "achieng@new.example")
    ]
    assert len({(answer.status_code, answer.url, answer.content) for answer in answers}) == 1


def test_the_link_of_an_address_ends_when_another_is_invited(browser):
    invitation = InvitationFactory(email="wanjiru@invited.example")
    old = path(invitation)
    posted = typed(invitation, email="new@invited.example")
    inviting.readdress(invitation, contact_name="New", email="new@invited.example", language="en")
    assert browser.get(old).status_code == 410
    answer = browser.post(old, posted)
    assert (answer.status_code, SignOn.objects.count()) == (410, 0)
    assert "new@invited.example" not in answer.content.decode()


def test_a_link_that_is_used_twice_signs_once(browser):
    invitation = InvitationFactory()
    first = browser.post(path(invitation), typed(invitation))
    again = browser.post(path(invitation), typed(invitation, organization_name="Somebody else"))
    assert (first.status_code, again.status_code) == (200, 200)
    assert SignOn.objects.count() == 1
    assert "has signed" in again.content.decode()


def test_once_it_has_signed_the_link_shows_that_and_nothing_of_the_representative(browser):
    invitation = InvitationFactory(contact_name="", organization_name="Kituo cha Sheria")
    posted = typed(invitation, representative_name="Secret Representative", representative_title="Chair of secrets")
    browser.post(path(invitation), posted)
    page = browser.get(path(invitation)).content.decode()
    assert "Kituo cha Sheria has signed" in page
    assert 'id="sign-on-form"' not in page
    for secret in ("Secret Representative", "Chair of secrets", invitation.email, "/sign-ons/manage/"):
        assert secret not in page


def test_what_the_address_took_back_is_not_confirmed_again_by_a_forwarded_link(browser):
    invitation = InvitationFactory()
    browser.post(path(invitation), typed(invitation))
    signing.withdraw(SignOn.objects.get())
    page = browser.get(path(invitation)).content.decode()
    assert ('id="sign-on-form"' in page, "pressing the button confirms" in page) == (True, False)
    for _number in range(2):
        answer = browser.post(path(invitation), typed(invitation))
        assert answer.url == reverse("sign-on-sent", args=[invitation.statement.slug])
    assert sorted(SignOn.objects.values_list("state", flat=True)) == ["unconfirmed", "withdrawn"]
    again = SignOn.objects.get(state="unconfirmed")
    signing.confirm(again, version=again.version)
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sign_on, invitation.matched_by) == ("signed", again, "link")


def test_this_was_not_me_ends_what_the_link_may_do(browser):
    invitation = InvitationFactory()
    signing.this_was_not_me(SignOnFactory(statement=invitation.statement, email=invitation.email))
    browser.post(path(invitation), typed(invitation))
    assert sorted(SignOn.objects.values_list("state", flat=True)) == ["unconfirmed", "withdrawn"]


def test_what_a_stranger_typed_with_the_address_is_replaced_and_confirmed_as_it_was_typed_under_the_link(browser):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    SignOnFactory(statement=invitation.statement, email=invitation.email, organization_name="A joke")
    browser.post(path(invitation), typed(invitation))
    signed = SignOn.objects.get()
    assert (signed.organization_name, signed.state) == ("Kituo cha Sheria", "confirmed")


def test_no_tag_of_a_mailbox_opens_another_s_link(browser):
    one, other = InvitationFactory(), InvitationFactory()
    token = tokens.make(one, tokens.INVITATION)
    assert browser.get(f"/invitations/{token[:-2]}/").status_code == 404
    assert browser.get(reverse("invitation", args=[tokens.make(other, tokens.CONFIRM)])).status_code == 404


def test_what_is_only_planned_has_no_link_yet(browser):
    planned = InvitationFactory(planned=True)
    assert browser.get(path(planned)).status_code == 404


def test_we_will_not_sign_is_a_post_and_ends_the_asking(browser):
    invitation = InvitationFactory()
    assert browser.get(path(invitation, "invitation-act", "will-not-sign")).status_code == 302
    browser.post(path(invitation, "invitation-act", "will-not-sign"), {"reason": "Our board said no."})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.reason) == ("refused", "Our board said no.")
    assert inviting.remind(invitation.statement) == 0
    assert "will not sign" in browser.get(path(invitation)).content.decode()


def test_who_said_no_sees_that_and_a_way_back_and_no_form(browser):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    browser.post(path(invitation, "invitation-act", "will-not-sign"), {"reason": "Our board said no."})
    page = browser.get(path(invitation)).content.decode()
    assert "You told us that Kituo cha Sheria will not sign" in page
    assert "Our board said no." in page
    assert 'id="sign-on-form"' not in page
    assert "We changed our mind" in page
    assert Invitation.objects.get().state == "refused"  # looking took nothing back
    assert browser.get(path(invitation, "invitation-act", "reopen")).status_code == 302
    browser.post(path(invitation, "invitation-act", "reopen"))
    again = Invitation.objects.get()
    assert (again.state, again.reason) == ("waiting", "")
    assert 'id="sign-on-form"' in browser.get(path(invitation)).content.decode()
    assert inviting.remind(invitation.statement) == 1


def test_another_name_under_the_link_is_said_to_be_looked_at_and_the_own_can_still_be_signed(browser):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    browser.post(path(invitation), typed(invitation, organization_name="Pan African Climate Justice Alliance"))
    page = browser.get(path(invitation)).content.decode()
    assert "Somebody signed by this link, in another name" in page
    assert "Pan African" not in page
    assert 'id="sign-on-form"' in page
    # A link confirms one sign-on: this one confirms by mail.
    answer = browser.post(path(invitation), typed(invitation))
    assert answer.url == reverse("sign-on-sent", args=[invitation.statement.slug])
    signing.confirm(SignOn.objects.get(organization_name="Kituo cha Sheria"), version=1)
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sign_on.organization_name) == ("signed", "Kituo cha Sheria")
    assert invitation.perhaps is None


def test_who_wants_no_more_invitations_is_told_so_and_can_still_sign(browser):
    invitation = InvitationFactory()
    assert "No more invitations from us" in browser.get(path(invitation)).content.decode()
    bouncing.opt_out(invitation.email)
    page = browser.get(path(invitation)).content.decode()
    assert "You asked for no more invitations" in page
    assert "No more invitations from us" not in page
    assert 'id="sign-on-form"' in page


def test_a_reason_is_not_asked_for(browser):
    invitation = InvitationFactory()
    browser.post(path(invitation, "invitation-act", "will-not-sign"), {})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.reason) == ("refused", "")


def test_a_question_is_kept_for_staff_and_a_second_one_below_it(browser):
    invitation = InvitationFactory()
    for words in ("May we sign as a coalition?", "And by when?"):
        browser.post(path(invitation, "invitation-act", "question"), {"words": words})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.question) == ("asks", "May we sign as a coalition?\n\nAnd by when?")
    empty = browser.post(path(invitation, "invitation-act", "question"), {"words": ""})
    assert (empty.status_code, "Please write your question." in empty.content.decode()) == (422, True)


def test_who_signed_can_no_longer_decline_by_an_old_tab(browser):
    invitation = InvitationFactory()
    browser.post(path(invitation), typed(invitation))
    browser.post(path(invitation, "invitation-act", "will-not-sign"), {"reason": "x"})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.reason) == ("signed", "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"opens_at": timezone.now() + timezone.timedelta(days=1)}, "not open yet"),
        ({"state": "draft"}, "not open yet"),
        ({"state": "closed"}, "closed"),
        ({"state": "withdrawn"}, "withdrawn"),
    ],
)
def test_outside_of_its_time_the_page_says_so_and_takes_nothing(browser, fields, words):
    statement = StatementFactory(**fields)
    invitation = InvitationFactory(statement=statement)
    for answer in (browser.get(path(invitation)), browser.post(path(invitation), typed(invitation))):
        assert words in answer.content.decode()
        assert 'id="sign-on-form"' not in answer.content.decode()
    assert SignOn.objects.count() == 0
    if statement.phase() == "draft":
        assert "Bread" not in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_is_kept_by_nobody_and_told_to_no_other_site(browser, language):
    from django.utils import translation

    with translation.override(language):
        answer = browser.get(path(InvitationFactory()))
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "strict-origin")
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer.cookies == {}
    assert f'lang="{language}"' in answer.content.decode()


def test_a_fault_keeps_what_was_typed_and_stays_under_the_link(browser):
    invitation = InvitationFactory()
    link = path(invitation)  # another second's is another
    answer = browser.post(link, typed(invitation, organization_name="Typed anew", organization_type=""))
    page = answer.content.decode()
    assert (answer.status_code, "Typed anew" in page) == (422, True)
    assert f'action="{link}"' in page


def test_staff_who_hold_the_link_sign_nobody_up_by_looking(client):
    client.force_login(UserFactory(staff=True))
    assert client.get(path(InvitationFactory())).status_code == 200
    assert SignOn.objects.count() == 0


def test_whose_name_a_stranger_signed_in_is_shown_the_form_by_a_press_and_its_question_is_kept(browser):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    SignOnFactory(
        statement=invitation.statement, confirmed=True, organization_name="Kituo cha Sheria", country="KE"
    )  # fmt: skip
    reconciling.reconcile_due()
    page = browser.get(path(invitation)).content.decode()
    assert ("Kituo cha Sheria has signed" in page, 'id="sign-on-form"' in page) == (True, False)
    browser.post(path(invitation, "invitation-act", "question"), {"words": "Who was that?"})
    assert "Who was that?" in browser.get(path(invitation)).content.decode()
    browser.post(path(invitation, "invitation-act", "was-not-us"))
    page = browser.get(path(invitation)).content.decode()
    assert ("Kituo cha Sheria has signed" in page, "Who was that?" in page) == (False, True)
    browser.post(path(invitation), typed(invitation))
    invitation.refresh_from_db()
    assert (invitation.state, invitation.matched_by) == ("signed", "link")


def test_a_question_that_is_asked_after_signing_is_kept_and_shown(browser):
    invitation = InvitationFactory()
    browser.post(path(invitation), typed(invitation))
    browser.post(path(invitation, "invitation-act", "question"), {"words": "May we add our logo?"})
    page = browser.get(path(invitation)).content.decode()
    assert ("has signed" in page, "May we add our logo?" in page) == (True, True)

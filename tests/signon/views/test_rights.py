"""The pages on which a person sees, corrects and erases what is held of them."""

import json
import re

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from signon import retention, tokens
from signon.casework import proposing
from signon.mail import bouncing, dispatching
from signon.models import Import, ImportRow, Message, Objection, Question, Seat, SignOn, Suppression
from signon.people import roles
from signon.privacy import consenting, erasing, held, rights, telling
from tests.factories import OrganizationFactory, SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
ADDRESS = "asha@held.example"


def ask(client, address, **headers):
    return client.post(reverse("your-data"), {"email": address}, headers=headers)


def link(address=ADDRESS):
    rights.ask(address, "en")
    return tokens.make(Message.objects.filter(kind="rights").latest("pk"), tokens.RIGHTS)


def test_the_answer_is_the_same_for_known_and_unknown_addresses(client, django_assert_num_queries):
    accepted(email=ADDRESS)
    with django_assert_num_queries(5) as known:
        told = ask(client, ADDRESS)
    with django_assert_num_queries(len(known)):
        unknown = ask(client, "nobody@held.example")
    assert (told.status_code, told["Location"]) == (unknown.status_code, unknown["Location"])
    assert not told.cookies


def test_only_an_address_of_which_something_is_held_gets_a_mail(client, mailoutbox):
    accepted(email=ADDRESS)
    for address in (ADDRESS, "nobody@held.example"):
        ask(client, address)
        ask(client, address)  # the first mail is nothing that is held
    Message.objects.exclude(kind="rights").delete()
    dispatching.deliver(dispatching.claim(limit=20))
    assert {mail.to[0] for mail in mailoutbox} == {ADDRESS}
    body = mailoutbox[0].body
    assert settings.SITE_URL + "/privacy/your-data/" in body
    assert "24 hours" in body


def test_a_mailbox_gets_no_more_than_five_links_an_hour(client):
    for _each in range(8):
        ask(client, ADDRESS)
    assert Message.objects.filter(kind="rights").count() == 5


def test_another_site_cannot_ask_in_a_reader_s_name(client):
    assert ask(client, ADDRESS, sec_fetch_site="cross-site").status_code == 403


def test_the_link_ends_with_its_day_and_a_broken_one_says_so(client):
    accepted(email=ADDRESS)
    token = link()
    assert client.get(reverse("held", args=[token])).status_code == 200
    with time_machine.travel(timezone.now() + tokens.RIGHTS_LAST + timezone.timedelta(minutes=1)):
        late = client.get(reverse("held", args=[token]))
        assert (late.status_code, "too old" in late.content.decode()) == (410, True)
        assert client.post(reverse("held-erase", args=[token]), {"sure": "on"}).status_code == 410
    assert client.get(reverse("held", args=["broken"])).status_code == 404
    manage = tokens.make(SignOn.objects.get(), tokens.MANAGE)
    assert client.get(reverse("held", args=[manage])).status_code == 404


@pytest.mark.parametrize("name", ["held", "held-data", "held-erase"])
def test_these_pages_are_kept_by_nobody_and_reading_changes_nothing(client, name):
    accepted(email=ADDRESS)
    answer = client.get(reverse(name, args=[link()]))
    assert (answer.status_code, answer["Cache-Control"], answer["X-Robots-Tag"]) == (200, "no-store", "noindex")
    assert answer["Referrer-Policy"] == "strict-origin"
    assert SignOn.objects.get().email == ADDRESS


def test_the_file_holds_what_the_page_shows(client):
    accepted(email=ADDRESS, organization_name="Bread House", representative_name="Asha Rao")
    answer = client.get(reverse("held-data", args=[link()]))
    told = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    assert told["address"] == ADDRESS
    assert told["held"]["Sign-ons"][0]["representative"] == "Asha Rao"


def test_fresh_links_lead_to_where_things_are_corrected(client):
    statement = StatementFactory()
    waits = SignOnFactory(statement=statement, email=ADDRESS)
    stands = accepted(email=ADDRESS)
    late = SignOnFactory(email=ADDRESS, expires_at=timezone.now() - timezone.timedelta(minutes=1))
    page = client.get(reverse("held", args=[link()])).content.decode()
    found = re.findall(r'href="(/sign-ons/[^"]+)"', page)
    assert {url.split("/")[2] for url in found} == {"confirm", "manage"}
    assert all(client.get(url).status_code == 200 for url in found)
    assert {waits.pk, stands.pk, late.pk} == set(SignOn.objects.values_list("pk", flat=True))


def test_two_organizations_of_one_address_are_told_apart_where_they_are_corrected(client):
    statement = StatementFactory()
    for name in ("Women of Dakar", "Women of Thiès"):
        accepted(statement=statement, email=ADDRESS, organization_name=name)
    page = client.get(reverse("held", args=[link()])).content.decode()
    words = re.findall(r'href="/sign-ons/manage/[^"]+"><bdi>([^<]+)<', page)
    assert len(words) == 2
    assert any("Women of Dakar" in each for each in words)
    assert any("Women of Thiès" in each for each in words)


def test_no_mail_any_more(client):
    accepted(email=ADDRESS)
    page = client.post(reverse("held-no-mail", args=[link()])).content.decode()
    assert "No news and no invitations go to this address any more" in page
    assert (bouncing.is_unsubscribed(ADDRESS), bouncing.has_opted_out(ADDRESS)) == (True, True)
    assert "No news, no invitations</button>" not in page
    assert "You asked for no news on" in page
    page = client.post(reverse("held-no-mail", args=[link()]), {"act": "allow"}).content.decode()
    assert (bouncing.is_unsubscribed(ADDRESS), bouncing.has_opted_out(ADDRESS)) == (False, False)
    assert "No news, no invitations</button>" in page


def test_who_wants_one_of_them_no_more_sees_which_and_may_want_neither(client):
    accepted(email=ADDRESS)
    bouncing.opt_out(ADDRESS)
    page = client.get(reverse("held", args=[link()])).content.decode()
    assert "You asked for no invitations on" in page
    assert "You asked for no news on" not in page
    assert "No news, no invitations</button>" in page


def test_the_page_says_it_in_words(client):
    """No codes of languages, no digests, no string of a browser."""
    signed = accepted(email=ADDRESS, language="fr", network="a1b2c3" * 5)
    signed.consent_text = consenting.shown("sign_on", "en")
    signed.save()
    brought = Import.objects.create(statement=signed.statement, by=UserFactory(staff=True))
    values = {"language": "fr", "country": "KE", "email": ADDRESS, "consent_publish": True}
    ImportRow.objects.create(of=brought, number=1, values=values)
    user = UserFactory(email=ADDRESS)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    UserSession.objects.create(user=user, session_key="a" * 32, ip="10.0.0.1", user_agent=agent)
    page = client.get(reverse("held", args=[link()])).content.decode()
    for code in ("a1b2c3", "SHA-256", "Mozilla", ">fr<", "language: fr", "consent_publish"):
        assert code not in page, code
    assert "Firefox on Linux" in page
    assert "French" in page
    assert "country: Kenya" in page


def test_what_they_ask_is_seen_and_settled_at_the_desk(client):
    accepted(email=ADDRESS)
    token = link()
    empty = client.post(reverse("held-object", args=[token]), {"words": " "})
    assert (empty.status_code, Objection.objects.count()) == (422, 0)
    assert "Our staff see it" in client.post(
        reverse("held-object", args=[token]), {"words": "Do not call me."}
    ).content.decode()  # fmt: skip
    staff = UserFactory(staff=True)
    client.force_login(staff)
    assert "Do not call me." in client.get(reverse("desk-objections")).content.decode()
    assert "1 person asks something about their data" in client.get(reverse("desk")).content.decode()
    asked = Objection.objects.get()
    client.post(reverse("desk-objection-settle", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.settled_by == staff
    late = client.post(reverse("desk-objection-settle", args=[asked.pk]), follow=True).content.decode()
    assert "Somebody else decided this before you. Nothing was changed now." in late


def test_a_new_representative_is_not_shown_what_is_about_others():
    by = UserFactory(staff=True)
    own = accepted(organization_name="Bread House", representative_name="Old", email="old@bread.example")
    asked = Question.objects.create(
        sign_on=own, words="Is Old ill?", by=by, answer="Old is.", answered_at=timezone.now()
    )
    proposing.propose_name(own, "House of Old")
    for name, address in (("Third Person", "third@private.example"), ("Asha Zawadi", ADDRESS)):
        made = proposing.propose_representative(own, name=name, title="Head", email=address)
        proposing.confirm_representative(made, language="en", updates=False)
        if address == ADDRESS:
            proposing.accept(made, by=by)
        else:
            proposing.decline(made, by=by, reason="Third Person is not trusted")
    told = json.dumps(telling.as_data(ADDRESS)) + str(telling.shown(ADDRESS))
    for words in ("Third Person", "third@private", "trusted", "Old is", asked.words, "House of Old"):
        assert words not in told
    assert "Asha Zawadi" in told
    listed = telling.as_data(ADDRESS)["held"]
    names = [each["name"] for each in listed["What was asked to be changed"]]
    assert names == [{"withheld": str(held.OF_OTHERS)}] * 2 + ["Asha Zawadi"]
    own.refresh_from_db()
    proposing.propose_name(own, "House of Bread")
    assert "House of Bread" in json.dumps(telling.as_data(ADDRESS))


def test_objections_are_the_network_s_and_of_no_campaign(client):
    asked = Objection.objects.create(email=ADDRESS, words="Do not call me.")
    answers = {}
    for role in ("campaign_manager", "auditor", "administrator"):
        user = UserFactory()
        roles.give(user, role)
        client.force_login(type(user).objects.get(pk=user.pk))
        read, home = client.get(reverse("desk-objections")), client.get(reverse("desk")).content.decode()
        settled = client.post(reverse("desk-objection-settle", args=[asked.pk]))
        told = (read.status_code, reverse("desk-objections") in home, settled.status_code)
        answers[role] = told
    assert answers == {
        "campaign_manager": (403, False, 403),
        "auditor": (200, True, 403),
        "administrator": (200, True, 302),
    }


def test_nobody_fills_the_desk():
    accepted(email=ADDRESS)
    assert [rights.object_to(ADDRESS, "No.", "en") for _each in range(6)] == [True] * 5 + [False]


def test_the_button_erases_once_it_is_meant_and_the_link_ends(client):
    accepted(email=ADDRESS, organization_name="Bread House")
    token = link()
    url = reverse("held-erase", args=[token])
    shown = client.get(url).content.decode()
    assert "Bread House stays in the list of signatories" in shown
    assert client.post(url, {}).status_code == 422
    assert SignOn.objects.get().email == ADDRESS
    done = client.post(url, {"sure": "on"}).content.decode()
    assert "It is erased" in done
    assert "Bread House stays" in done
    assert SignOn.objects.get().email == ""
    again = client.get(url)
    assert (again.status_code, "It is erased" in again.content.decode()) == (410, True)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_each_page_stands_in_each_language(client, language):
    accepted(email=ADDRESS)
    token = link()
    with translation.override(language):
        urls = [reverse(name) for name in ("privacy", "your-data", "your-data-sent")]
        urls += [reverse(name, args=[token]) for name in ("held", "held-erase")]
    for url in urls:
        answer = client.get(url)
        assert (answer.status_code, answer["Content-Language"]) == (200, language)


def test_an_address_that_was_only_typed_is_forgotten_in_two_days(client):
    ask(client, "nobody@held.example")
    client.post(reverse("new-link"), {"email": "nobody@held.example"})
    assert retention.forget_link_mail() == 0
    with time_machine.travel(timezone.now() + retention.LINK_MAIL_IS_KEPT + timezone.timedelta(minutes=1)):
        assert retention.forget_link_mail() == 2
    assert not Message.objects.exists()


def test_who_reported_our_mail_as_spam_is_told_to_write():
    """The one mail that does not go there is one that a stranger may have caused."""
    accepted(email=ADDRESS)
    Suppression.objects.create(mailbox=ADDRESS, reason="complained")
    erasing.erase(ADDRESS)
    assert Suppression.objects.filter(mailbox=ADDRESS).exists()


def test_which_sign_ons_go_and_which_stay_is_said_before(client):
    accepted(email=ADDRESS, organization_name="Listed House")
    accepted(email=ADDRESS, organization_name="Quiet House", listing="country")
    accepted(email=ADDRESS, individual=True, representative_name="Asha Rao", listed_name="Asha Rao")
    SignOnFactory(email=ADDRESS, organization_name="New House", listed_name="New House")
    page = " ".join(client.get(reverse("held-erase", args=[link()])).content.decode().split())
    goes, stays = page.split("This stays</h2>")
    assert "The sign-on of Quiet House" in goes
    assert "nobody else acts for the organization" in goes
    assert "and your name leaves the list" in goes
    assert "The sign-on of New House" in goes
    assert "Listed House stays in the list" in stays
    assert "<dt>Sign-ons</dt>" not in page


def test_a_sole_owner_is_told_that_nobody_acts_for_the_organization_then(client):
    """And an owner beside members, that nobody leads them."""
    user, organizations = UserFactory(email=ADDRESS), [OrganizationFactory(name=name) for name in ("Alone", "Together")]
    seat = {"state": "stands", "how": "staff", "decided_at": timezone.now(), "decided_by": UserFactory(staff=True)}
    for organization in organizations:
        Seat.objects.create(organization=organization, user=user, email=ADDRESS, role="owner", **seat)
    Seat.objects.create(
        organization=organizations[1], user=UserFactory(), email="b@held.example", role="member", **seat
    )
    url = reverse("held-erase", args=[link()])
    for page in (client.get(url), client.post(url, {"sure": "on"})):
        words = page.content.decode()
        assert "Nobody acts for Alone here afterwards" in words
        assert "Together has no owner here afterwards" in words

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Statement
from signon import organizing
from signon.models import Convener, LateLink, Look, Membership, Message
from signon.statements import convening, readiness, showing
from tests.factories import OrganizationFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.posted import typed

pytestmark = pytest.mark.django_db
PAGES = ["desk-particulars", "desk-statement-deadline", "desk-try", "desk-late-links", "desk-conveners"]


@pytest.fixture(autouse=True)
def _january():
    """Moments are typed below as people type them, in the spring of that year."""
    with time_machine.travel("2027-01-15 12:00Z"):
        yield


@pytest.fixture
def manager(staff):
    """A campaign manager, with a draft of their own campaign."""
    user = staff("campaign_manager")
    user.statement = StatementFactory(state="draft")
    Membership.objects.create(user=user, campaign=user.statement.campaign)
    return user


def desk(name, statement, *more):
    return reverse(name, args=[statement.slug, *more])


def looked_at(statement):
    for subject in ("consent", "mails", "test"):
        organizing.look(statement, subject, readiness.languages(statement), by=UserFactory())
    return statement


def moments(**changes):
    return {"addressee": "The Assembly", "zone": "America/New_York", "goal": "", "accepts_individuals": ""} | changes


@pytest.mark.parametrize("name", PAGES)
def test_who_may_not_organize_is_refused_and_another_s_campaign_is_not_there(client, staff, manager, name):
    other = StatementFactory(state="draft")
    assert client.get(desk(name, manager.statement)).status_code == 200
    assert client.get(desk(name, other)).status_code == 404
    assert client.post(desk("desk-statement-move", other, "circulate")).status_code == 404
    staff("verifier")
    assert client.get(desk(name, manager.statement)).status_code == 403
    client.logout()
    assert client.get(desk(name, manager.statement)).status_code == 302


def test_rows_of_another_s_campaign_are_not_there(client, manager):
    other = StatementFactory(state="circulating")
    convener = convening.add(other, by=UserFactory(), name="Beta", email="b@secret.example")
    comment = convening.comment(convener, "No.", text=other.text())
    link = LateLink.objects.create(statement=other, name="B", email="b@secret.example", made_by=UserFactory())
    for slug in (other.slug, manager.statement.slug):
        assert client.get(reverse("desk-convener", args=[slug, convener.pk])).status_code == 404
        assert client.post(reverse("desk-convener-act", args=[slug, convener.pk, "remove"])).status_code == 404
        assert client.post(reverse("desk-settle", args=[slug, comment.pk])).status_code == 404
        assert client.post(reverse("desk-late-link-end", args=[slug, link.pk])).status_code == 404
    assert Convener.objects.standing().count() == 1


def test_the_page_says_what_is_missing_and_offers_the_one_next_step(client, manager):
    page = client.get(desk("desk-statement", manager.statement)).content.decode()
    assert "3 things are missing before it can open" in page
    assert "Open it now" not in page
    assert desk("desk-look", manager.statement, "mails") in page
    looked_at(manager.statement)
    page = client.get(desk("desk-statement", manager.statement)).content.decode()
    assert "Everything is there: it can open" in page
    assert page.count("<summary>Open it now</summary>") == 1
    assert page.count('class="button" type="submit">Yes, open it') == 1


def test_opening_and_closing_are_asked_for_twice(client, manager):
    """The button that does it stands in a panel that says first what happens."""
    statement = looked_at(manager.statement)
    for label, words in (("Open it now", "The page is public from now on"), ("Close it now", "becomes the deadline")):
        page = client.get(desk("desk-statement", statement)).content.decode()
        panel = page.partition(f"<summary>{label}</summary>")[2].partition("</details>")[0]
        assert words in panel
        assert "<form" in panel
        assert f">{label}</button>" not in page
        Statement.objects.filter(pk=statement.pk).update(state="open")


def test_a_translation_that_is_missing_is_told_and_bars_nothing(client, manager):
    statement = looked_at(manager.statement)
    Statement.objects.filter(pk=statement.pk).update(languages=["es"])
    page = client.get(desk("desk-statement", statement)).content.decode()
    assert "Everything is there: it can open" in page
    assert "Spanish: the text is missing." in page
    organizing.open_now(Statement.objects.get(pk=statement.pk), by=manager)


def test_what_was_changed_while_somebody_looked_is_looked_at_again(client, manager):
    url = desk("desk-look", manager.statement, "mails")
    page = client.get(url).content.decode()
    assert "Bread &amp; Roses for all" in page
    shown = re.findall(r'name="shown" value="(\w+)"', page)
    manager.statement.text().write(title="Another title", body="1. End detention.")
    again = client.post(url, {"shown": shown})
    assert "It was changed while you looked." in again.content.decode()
    assert not Look.objects.exists()
    shown = re.findall(r'name="shown" value="(\w+)"', again.content.decode())
    assert client.post(url, {"shown": shown}).status_code == 302


def test_the_mails_that_are_looked_at_are_about_this_statement(client, manager):
    page = client.get(desk("desk-look", manager.statement, "mails")).content.decode()
    assert "Bread &amp; Roses for all" in page
    assert "No one left behind" not in page
    link = re.search(r'href="([^"]*kinds/verification/[^"]*)"', page)[1].replace("&amp;", "&")
    assert "Bread &amp; Roses for all" in client.get(link).content.decode()
    other = StatementFactory(state="draft")
    assert client.get(link.replace(manager.statement.slug, other.slug)).status_code == 404


@pytest.mark.parametrize("state", Statement.State.values)
def test_every_state_has_its_page(client, manager, state):
    Statement.objects.filter(pk=manager.statement.pk).update(state=state)
    assert client.get(desk("desk-statement", manager.statement)).status_code == 200


def test_who_only_verifies_sees_where_it_stands_and_no_button(client, staff):
    statement = looked_at(StatementFactory(state="draft"))
    staff("verifier")
    page = client.get(desk("desk-statement", statement)).content.decode()
    assert "Where it stands" in page
    assert "Open it now" not in page
    assert client.post(desk("desk-statement-move", statement, "open")).status_code == 403


@pytest.mark.parametrize(("number", "state"), [(1, "draft"), (3, "draft"), (1, "open"), (3, "open")])
def test_the_queries_of_the_page_do_not_grow(client, manager, number, state, django_assert_max_num_queries):
    statement = looked_at(manager.statement)
    Statement.objects.filter(pk=statement.pk).update(state=state)
    for _time in range(number):
        made = accepted(statement=statement)
        convening.add(statement, by=manager, name="C", email="c@secret.example", organization=made.organization)
    with django_assert_max_num_queries(24):
        client.get(desk("desk-statement", statement))


def test_a_move_is_a_post_and_what_cannot_be_done_is_told(client, manager):
    url = desk("desk-statement-move", manager.statement, "open")
    assert client.get(url).status_code == 405
    answer = client.post(url, follow=True)
    assert "Still missing: What signers agree to" in answer.content.decode()
    looked_at(manager.statement)
    assert "It is open for signing." in client.post(url, follow=True).content.decode()
    assert "cannot be done" in client.post(url, follow=True).content.decode()
    assert client.post(desk("desk-statement-move", manager.statement, "deliver")).status_code == 404


def test_moments_are_typed_as_local_time_of_the_zone_that_is_typed_with_them(client, manager):
    data = moments(opens_at="2027-03-01T09:00", closes_at="2027-03-08T17:00", embargo_until="", goal="300")
    assert client.post(desk("desk-particulars", manager.statement), data).status_code == 302
    manager.statement.refresh_from_db()
    assert manager.statement.opens_at == datetime(2027, 3, 1, 14, tzinfo=UTC)
    assert manager.statement.closes_at == datetime(2027, 3, 8, 22, tzinfo=UTC)
    assert (manager.statement.goal, manager.statement.addressee) == (300, "The Assembly")
    page = client.get(desk("desk-particulars", manager.statement)).content.decode()
    assert 'value="2027-03-08T17:00"' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zone": "America/Nowhere"}, "no time zone"),
        ({"closes_at": "2027-03-14T02:30"}, "There is no such hour that day"),
        ({"opens_at": "2027-03-09T09:00"}, "It must open before it closes."),
        ({"closes_at": "2020-03-08T17:00"}, "This moment has passed. Give a deadline that lies ahead."),
        ({"closes_at": "tomorrow"}, "Write a day and a time"),
        ({"goal": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_saved(client, manager, changes, words):
    data = moments(opens_at="", closes_at="2027-03-08T17:00") | changes
    answer = client.post(desk("desk-particulars", manager.statement), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not manager.statement.ledger.exists()


def test_while_it_is_open_its_moments_are_no_particulars(client, manager):
    Statement.objects.filter(pk=manager.statement.pk).update(state="open")
    before = Statement.objects.get(pk=manager.statement.pk)
    data = moments(closes_at="2027-03-08T17:00", opens_at="2027-03-01T09:00", embargo_until="2027-03-02T09:00")
    assert client.post(desk("desk-particulars", manager.statement), data).status_code == 302
    after = Statement.objects.get(pk=manager.statement.pk)
    assert (after.closes_at, after.opens_at, after.embargo_until) == (before.closes_at, before.opens_at, None)
    with pytest.raises(organizing.Forbidden):
        organizing.change(after, {"embargo_until": timezone.now() + timedelta(days=1)}, by=manager)
    with pytest.raises(organizing.Forbidden):
        organizing.change(after, {"closes_at": timezone.now() + timedelta(days=1)}, by=manager)


def test_an_embargo_may_be_moved_while_it_lasts(client, manager):
    until = timezone.now() + timedelta(days=1)
    Statement.objects.filter(pk=manager.statement.pk).update(state="open", embargo_until=until)
    data = moments(embargo_until="2027-03-02T09:00")
    assert client.post(desk("desk-particulars", manager.statement), data).status_code == 302
    manager.statement.refresh_from_db()
    assert manager.statement.embargo_until == datetime(2027, 3, 2, 14, tzinfo=UTC)


@pytest.mark.parametrize("state", ["delivered", "answered", "withdrawn"])
def test_what_was_delivered_or_withdrawn_stays_as_it_was(manager, state):
    Statement.objects.filter(pk=manager.statement.pk).update(state=state)
    with pytest.raises(organizing.Forbidden):
        organizing.change(manager.statement, {"addressee": "Somebody else"}, by=manager)


def test_moving_the_deadline_says_how_many_wait_and_tells_them(client, manager):
    Statement.objects.filter(pk=manager.statement.pk).update(state="open")
    SignOnFactory(statement=manager.statement)
    url = desk("desk-statement-deadline", manager.statement)
    assert "1 person has signed and not confirmed yet" in " ".join(client.get(url).content.decode().split())
    answer = client.post(url, {"closes_at": "2027-03-08T17:00"}, follow=True)
    assert "1 person is told by mail." in answer.content.decode()
    assert Message.objects.filter(kind="deadline").count() == 1
    assert client.post(url, {"closes_at": "2020-03-08T17:00"}).status_code == 422


@pytest.mark.parametrize(("subject", "words"), [("consent", "public list of signatories"), ("mails", "Please confirm")])
def test_what_signers_will_see_is_looked_at_in_each_language(client, manager, subject, words):
    url = desk("desk-look", manager.statement, subject)
    assert words in client.get(url).content.decode()
    assert not Look.objects.exists()
    shown = [showing.digest(manager.statement, subject, "en")]
    assert client.post(url, {"shown": shown}).status_code == 302
    look = Look.objects.get()
    assert (look.subject, look.by, look.languages) == (subject, manager, ["en"])
    assert client.post(desk("desk-look", manager.statement, "test")).status_code == 404


def test_the_form_is_tried_out_at_the_desk(client, manager):
    url = desk("desk-try", manager.statement)
    assert f'action="{url}"' in client.get(url).content.decode()
    assert client.post(url, typed(email="")).status_code == 422
    assert client.post(url, typed()).status_code == 302
    assert Message.objects.get().to_address == manager.email


def test_one_organization_is_let_in_late(client, manager):
    Statement.objects.filter(pk=manager.statement.pk).update(
        state="closed", opens_at=None, closes_at=timezone.now() - timedelta(days=1)
    )
    url = desk("desk-late-links", manager.statement)
    assert client.post(url, {"name": "", "email": "a@b.example", "language": "en"}).status_code == 422
    answer = client.post(url, {"name": "Alpha", "email": "a@b.example", "language": "en"}, follow=True)
    assert "The private link is on its way to a@b.example." in answer.content.decode()
    link = LateLink.objects.get()
    answer = client.post(desk("desk-late-link-end", manager.statement, link.pk), follow=True)
    assert "The link is ended." in answer.content.decode()


def test_conveners_are_added_ordered_told_and_removed_without_javascript(client, manager):
    statement, entry = manager.statement, OrganizationFactory()
    url = desk("desk-conveners", statement)
    for name in ("Alpha", "Beta"):
        data = {"name": name, "email": f"{name}@secret.example", "language": "en", "organization": ""}
        assert client.post(url, data).status_code == 302
    alpha, beta = Convener.objects.order_by("place")
    assert client.post(desk("desk-convener-act", statement, beta.pk, "up")).status_code == 302
    assert list(Convener.objects.standing()) == [beta, alpha]
    data = {"name": "Alpha", "email": alpha.email, "language": "fr", "organization": entry.pk}
    assert client.post(desk("desk-convener", statement, alpha.pk), data).status_code == 302
    alpha.refresh_from_db()
    assert (alpha.organization, alpha.language) == (entry, "fr")
    answer = client.post(desk("desk-convener-act", statement, alpha.pk, "send"), follow=True)
    assert "Nothing was sent" in answer.content.decode()
    organizing.circulate(statement, by=manager)
    answer = client.post(desk("desk-convener-act", statement, alpha.pk, "send"), follow=True)
    assert "The private link is on its way to" in answer.content.decode()
    assert client.post(desk("desk-convener-act", statement, beta.pk, "remove")).status_code == 302
    assert list(Convener.objects.standing()) == [alpha]
    assert client.post(desk("desk-convener-act", statement, alpha.pk, "dance")).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_the_conveners_page_do_not_grow(client, manager, number, django_assert_max_num_queries):
    organizing.circulate(manager.statement, by=manager)
    for each in range(number):
        entry = OrganizationFactory()
        convener = convening.add(
            manager.statement, by=manager, name=f"C{each}", email="c@secret.example", organization=entry
        )
        convening.comment(convener, "No.", text=manager.statement.text())
    with django_assert_max_num_queries(14):
        client.get(desk("desk-conveners", manager.statement))


def test_staff_read_what_conveners_said_and_settle_it(client, manager):
    organizing.circulate(manager.statement, by=manager)
    convener = convening.add(manager.statement, by=manager, name="Alpha", email="a@secret.example")
    comment = convening.comment(convener, "Too <weak>.", text=manager.statement.text())
    page = client.get(desk("desk-conveners", manager.statement)).content.decode()
    assert "Too &lt;weak&gt;." in page
    answer = client.post(desk("desk-settle", manager.statement, comment.pk), {"answer": "Mended."}, follow=True)
    assert "Settled by" in answer.content.decode()
    assert Message.objects.filter(kind="comment", to_address="a@secret.example").count() == 1


def test_what_can_no_longer_be_confirmed_is_not_said_to_be(client, manager):
    def page(days):
        closes_at = timezone.now() - timedelta(days=days)
        own = Statement.objects.filter(pk=manager.statement.pk)
        own.update(state="closed", opens_at=closes_at - timedelta(days=9), closes_at=closes_at)
        return client.get(desk("desk-statement", manager.statement)).content.decode()

    assert "can still be confirmed for a while" in page(1)
    later = page(5)
    assert "can still be confirmed" not in later
    assert "What waits at the desk can be accepted until delivery." in later


def test_a_deadline_that_has_passed_bars_no_other_change_of_a_draft(client, manager):
    past = timezone.now().replace(second=0, microsecond=0) - timedelta(days=3)
    Statement.objects.filter(pk=manager.statement.pk).update(opens_at=None, closes_at=past, zone="UTC")
    data = moments(zone="UTC", closes_at=past.strftime("%Y-%m-%dT%H:%M"), opens_at="", embargo_until="", goal="9")
    assert client.post(desk("desk-particulars", manager.statement), data).status_code == 302

"""Mail that time causes; each test moves the clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection

from signon import mailing, retention, signing
from signon.mail import dispatching, reminding
from signon.models import Message, SignOn
from tests.elsewhere import together
from tests.factories import SignOnFactory, StatementFactory, UserFactory

# A Wednesday, before the digest's hour.
NOW = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)
ASKING = ["verification", "reminder", "last_call"]


@pytest.fixture
def clock(db):
    with time_machine.travel(NOW, tick=False) as made:
        yield made


def signed(*, closes_in=timedelta(days=60), **fields):
    statement = StatementFactory(closes_at=NOW + closes_in if closes_in else None)
    ends = NOW + timedelta(days=30)
    sign_on = SignOnFactory(statement=statement, expires_at=ends, **fields)
    mailing.compose("verification", key=f"verification:{sign_on.pk}", sign_on=sign_on)
    return sign_on


def run(clock, days):
    """Remind every hour for so many days; hours since NOW at which something was composed, and what."""
    for _hour in range(24 * days):
        reminding.remind()
        clock.shift(timedelta(hours=1))
    made = Message.objects.filter(kind__in=ASKING).order_by("created_at", "pk").values_list("created_at", "kind")
    return [((at - NOW) / timedelta(hours=1), kind) for at, kind in made]


def test_two_reminders_after_two_and_seven_days_and_no_more(clock):
    signed()
    assert run(clock, 30) == [(0, "verification"), (48, "reminder"), (7 * 24, "reminder")]


def test_with_a_deadline_there_are_three_in_all_and_the_last_call_is_before_it(clock):
    signed(closes_in=timedelta(days=10))
    assert run(clock, 14) == [(0, "verification"), (48, "reminder"), (168, "reminder"), (193, "last_call")]


@pytest.mark.parametrize("hours", [1, 12, 23, 25, 30, 47, 49, 60, 73, 95, 97, 120, 167, 169, 191, 193, 240])
def test_whatever_the_deadline_they_are_a_day_apart_and_none_comes_after_it(clock, hours):
    signed(closes_in=timedelta(hours=hours))
    made = run(clock, hours // 24 + 2)
    moments = [at for at, _kind in made]
    assert all(later - earlier >= 24 for earlier, later in pairwise(moments))
    assert moments[-1] < hours
    assert len(made) <= 4
    assert [kind for _at, kind in made].count("last_call") == (hours > 25)


def test_a_statement_without_a_deadline_has_no_last_call(clock):
    signed(closes_in=None)
    assert [kind for _at, kind in run(clock, 20)] == ["verification", "reminder", "reminder"]


def test_what_is_composed_is_not_sent_after_the_deadline(clock):
    sign_on = signed(closes_in=timedelta(days=3))
    clock.shift(timedelta(days=2))
    assert reminding.remind() == 1
    assert Message.objects.get(kind="last_call").expires_at == sign_on.statement.closes_at
    clock.move_to(sign_on.statement.closes_at + timedelta(seconds=1))
    dispatching.deliver_due("bulk")
    assert Message.objects.get(kind="last_call").state == "canceled"


def confirm(sign_on):
    signing.confirm(sign_on, version=1)


def expire(sign_on):
    SignOn.objects.filter(pk=sign_on.pk).update(expires_at=NOW)
    retention.expire_unconfirmed()


@pytest.mark.parametrize("end", [confirm, signing.withdraw, expire])
def test_who_is_through_is_reminded_no_more(clock, end):
    sign_on = signed(closes_in=timedelta(days=10))
    clock.shift(timedelta(hours=1))
    end(SignOn.objects.select_related("statement", "text__revision").get(pk=sign_on.pk))
    run(clock, 9)
    assert not Message.objects.filter(kind__in=["reminder", "last_call"]).exists()


def test_a_reminder_that_waits_is_not_sent_after_confirming(clock):
    sign_on = signed()
    clock.shift(timedelta(days=2))
    reminding.remind()
    SignOn.objects.get(pk=sign_on.pk).move("confirmed", confirmed_at=NOW)
    dispatching.deliver_due("bulk")
    assert Message.objects.get(kind="reminder").state == "canceled"


@pytest.mark.parametrize("state", ["draft", "closed", "withdrawn"])
def test_a_statement_that_is_not_open_reminds_nobody(clock, state):
    sign_on = signed(closes_in=timedelta(days=10))
    type(sign_on.statement).objects.filter(pk=sign_on.statement.pk).update(state=state)
    assert [kind for _at, kind in run(clock, 9)] == ["verification"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(3))
def test_two_who_remind_at_once_compose_each_reminder_once(again):
    with time_machine.travel(NOW, tick=False) as clock:
        for _number in range(5):
            signed()
        connection.close()
        clock.shift(timedelta(days=2, hours=1))
        made = together(*[reminding.remind] * 4)
    assert sum(made) == Message.objects.filter(kind="reminder").count() == 5


# The digest


def verifier(**fields):
    user = UserFactory(is_staff=True, **fields)
    rights = ["verify_signon", "view_signon", "reach_all_campaigns"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    return user


def digests(clock, days):
    """Ask every hour for so many days; to whom and when (weekday, hour) a digest was composed."""
    for _hour in range(24 * days):
        reminding.send_digests()
        clock.shift(timedelta(hours=1))
    made = Message.objects.filter(kind="digest").order_by("created_at", "pk")
    return [(each.user, each.created_at.weekday(), each.created_at.hour) for each in made]


def test_a_daily_digest_comes_once_a_day_and_a_weekly_one_on_monday(clock):
    SignOnFactory(confirmed=True)
    daily, weekly = verifier(digest="daily"), verifier(digest="weekly")
    verifier(digest="none")
    made = digests(clock, 7)
    assert [(day, hour) for user, day, hour in made if user == daily] == [(day % 7, 6) for day in range(2, 9)]
    assert [(day, hour) for user, day, hour in made if user == weekly] == [(0, 6)]
    assert {user for user, _day, _hour in made} == {daily, weekly}


def test_only_active_staff_who_may_verify_get_it(clock):
    SignOnFactory(confirmed=True)
    UserFactory(is_staff=True, digest="daily")
    verifier(digest="daily", is_active=False)
    not_staff = verifier(digest="daily")
    type(not_staff).objects.filter(pk=not_staff.pk).update(is_staff=False)
    chief = UserFactory(staff=True, digest="daily")
    assert [user for user, _day, _hour in digests(clock, 1)] == [chief]


def test_where_nothing_waits_there_is_no_digest(clock):
    verifier(digest="daily")
    SignOnFactory()
    assert digests(clock, 2) == []


def test_a_digest_of_what_was_decided_meanwhile_is_not_sent(clock):
    verifier(digest="daily")
    sign_on = SignOnFactory(confirmed=True)
    clock.shift(timedelta(hours=2))
    assert reminding.send_digests() == 1
    signing.withdraw(sign_on)
    dispatching.deliver_due("bulk")
    assert Message.objects.get(kind="digest").state == "canceled"

"""What an organizer looks at: the same numbers as the exports, whatever their size."""

from datetime import datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from signon import mailing
from signon.exports import list_pieces
from signon.exports.export_choice import Choice
from signon.figures import charts
from signon.figures.numbers import numbers
from signon.invitations import sourcing
from signon.models import Message, SignOn
from signon.resources import SignatoryResource
from tests.factories import SignOnFactory, StatementFactory, accepted

pytestmark = pytest.mark.django_db


def exported(statement, *states):
    pieces = list_pieces.csv_pieces(Choice(statement=statement.slug, states=states), SignatoryResource)
    return next(piece for piece in pieces if isinstance(piece, int))


def test_they_are_the_numbers_of_the_exports():
    statement = StatementFactory(goal=10)
    for _number in range(3):
        accepted(statement=statement)
    SignOnFactory(statement=statement)
    SignOnFactory.create_batch(2, statement=statement, confirmed=True)
    accepted()  # of another statement
    told = numbers(statement)
    assert told.accepted == exported(statement, "accepted") == 3
    assert told.posted == exported(statement, *SignOn.State.values) == 6
    assert told.confirmed == 5
    assert told.waiting == exported(statement, "confirmed") == 2
    assert {state: number for state, _label, number in told.states if number} == {
        "unconfirmed": 1, "confirmed": 2, "accepted": 3
    }  # fmt: skip
    assert told.share == 30
    assert sum(day.signed for day in told.days) == 6
    assert told.days[-1].accepted == 3


def test_a_day_is_a_day_where_the_statement_is():
    statement = StatementFactory(zone="America/New_York")
    late_evening = datetime(2026, 3, 7, 22, tzinfo=ZoneInfo("America/New_York"))  # the 8th in UTC
    with time_machine.travel(late_evening):
        SignOnFactory(statement=statement)
    with time_machine.travel(late_evening + timedelta(days=2)):
        accepted(statement=statement)
    assert [(day.date.isoformat(), day.signed, day.accepted) for day in numbers(statement).days] == [
        ("2026-03-07", 1, 0), ("2026-03-08", 0, 0), ("2026-03-09", 1, 1)
    ]  # fmt: skip


def test_a_long_time_is_told_by_the_week():
    statement = StatementFactory()
    with time_machine.travel(timezone.now() - timedelta(days=120)):
        SignOnFactory(statement=statement)
    SignOnFactory(statement=statement)
    told = numbers(statement)
    assert told.is_weekly
    assert (len(told.days), sum(day.signed for day in told.days)) == (18, 2)


def test_mail_that_came_back_is_counted_of_this_statement_alone():
    sign_on, other = SignOnFactory(), SignOnFactory()
    for each in (sign_on, other):
        mailing.compose(Message.Kind.VERIFICATION, key=str(each.pk), sign_on=each)
    Message.objects.update(state=Message.State.BOUNCED)
    assert numbers(sign_on.statement).bounced == 1


def test_countries_without_a_signatory_are_named():
    sign_on = accepted(country="KE")
    missing = numbers(sign_on.statement).missing
    assert "Kenya" not in missing
    assert "Uganda" in missing


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(django_assert_num_queries, count):
    statement = StatementFactory()
    for number in range(count):
        accepted(statement=statement, country=["KE", "UG", "PE"][number])
    with django_assert_num_queries(9):
        numbers(statement)


def test_a_picture_is_valid_says_what_it_shows_and_escapes_words():
    today = timezone.localdate()
    points = [(today + timedelta(days=at), at, 3 * at) for at in range(5)]
    svg = charts.over_time(points, title="<Signs>", words="a & b", goal=20, goal_label="Goal: 20",
                           ends_on=today + timedelta(days=9))  # fmt: skip
    root = ET.fromstring(svg)  # our own
    assert root.attrib["role"] == "img"
    assert [each.text for each in root][:2] == ["<Signs>", "a & b"]
    assert "style=" not in svg
    assert ET.fromstring(charts.bars([("A", 0)], title="t", words="w", name="n")) is not None


def test_one_day_alone_is_a_dot():
    today = timezone.localdate()
    one = charts.over_time([(today, 1, 0)], title="t", words="w")
    two = charts.over_time([(today, 1, 0), (today + timedelta(days=1), 1, 1)], title="t", words="w")
    assert [ET.fromstring(svg).find(".//{*}circle") is not None for svg in (one, two)] == [True, False]
    dot = ET.fromstring(one).find(".//{*}circle")
    assert float(dot.attrib["r"]) > 2


def test_from_right_to_left_time_begins_at_the_right_and_all_stays_in_the_picture():
    today = timezone.localdate()
    points = [(today + timedelta(days=at), at + 1, 1000 * at) for at in range(5)]
    drawn = {
        rtl: ET.fromstring(charts.over_time(points, title="t", words="w", goal=9, goal_label="g", rtl=rtl))
        for rtl in (False, True)
    }
    bars = {rtl: [each.attrib for each in svg.findall("rect")] for rtl, svg in drawn.items()}
    begins = {rtl: [float(each["x"]) for each in found] for rtl, found in bars.items()}
    assert begins[False] == sorted(begins[False])
    assert begins[True] == sorted(begins[True], reverse=True)
    for left, right in zip(bars[False], bars[True], strict=True):
        assert float(left["x"]) + float(left["width"]) + float(right["x"]) == pytest.approx(charts.WIDTH, abs=0.2)
    edges = {rtl: [float(each.attrib["x"]) for each in svg.findall("text")] for rtl, svg in drawn.items()}
    assert [a + b for a, b in zip(edges[False], edges[True], strict=True)] == [charts.WIDTH] * len(edges[True])
    assert "4,000" in [each.text for each in drawn[False].findall("text")]


def test_bars_from_right_to_left_begin_at_the_right():
    rows = [("A", 10), ("B", 5)]
    found = ET.fromstring(charts.bars(rows, title="t", words="w", name="n", rtl=True)).findall("rect")
    ends = {float(each.attrib["x"]) + float(each.attrib["width"]) for each in found}
    assert ends == {charts.NARROW - charts.LABEL}


def test_what_staff_brought_is_counted_on_its_own_and_all_adds_up():
    statement = StatementFactory()
    accepted(statement=statement)
    SignOnFactory(statement=statement)
    SignOnFactory(statement=statement, confirmed=True, source="staff")
    came = accepted(statement=statement)
    SignOn.objects.filter(pk=came.pk).update(source="import", confirmed_at=None)
    told = numbers(statement)
    assert (told.posted, told.confirmed, told.accepted_posted) == (2, 1, 1)
    assert (told.brought, told.accepted_brought) == (2, 1)
    assert told.accepted == told.accepted_posted + told.accepted_brought == exported(statement, "accepted")
    assert told.total == exported(statement, *SignOn.State.values)
    assert sourcing.brought_by_staff(statement) == (2, 1)
    assert sum(each.accepted for each in sourcing.brought(statement)) == told.accepted_posted


def test_no_name_is_in_them():
    sign_on = accepted(organization_name="Quiet Garden", representative_name="Asha Rao")
    assert "Quiet" not in repr(numbers(sign_on.statement))


def test_a_double_that_a_merge_left_is_in_no_number():
    first = accepted()
    double = accepted(statement=first.statement)
    SignOn.objects.filter(pk=double.pk).update(same_as=first)
    told = numbers(first.statement)
    assert (told.posted, told.accepted) == (1, exported(first.statement, "accepted")) == (1, 1)

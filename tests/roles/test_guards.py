"""No page of staff's is without a check, and none finds a row that its reader does not reach."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin.sites import site
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from signon import mailing
from signon.models import Membership, Message
from signon.people import roles
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

VIEWS = Path(__file__).resolve().parents[2] / "signon" / "views"
REACHED = {model.__name__ for model in apps.get_models() if hasattr(model._default_manager, "for_user")}


def desk(patterns=None, before=""):
    """Every address below /desk/, with what answers there."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from desk(each.url_patterns, route)
        elif isinstance(each, URLPattern) and "desk/" in route:
            yield route, each.callback


def without_a_check(patterns=None):
    return [route for route, view in desk(patterns) if not getattr(view, "is_guarded", False)]


def found_past_reach(source):
    """Where a view begins at all rows of a model that has `for_user`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {f"{name}.objects" for name in REACHED}:
            found += [ast.unparse(node)] if node.attr != "for_user" else []
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "get_object_or_404":
            found += [ast.unparse(node)] if ast.unparse(node.args[0]) in REACHED else []
    return found


def test_every_page_of_the_desk_is_checked():
    assert len(list(desk())) > 100
    assert without_a_check() == []


def test_a_planted_page_without_a_check_is_found():
    planted = path("desk/secrets/", lambda request: HttpResponse("All of them"))
    assert without_a_check([*get_resolver().url_patterns, planted]) == ["desk/secrets/"]


def test_every_page_of_staff_begins_at_what_its_reader_reaches():
    staffs = {str(each.relative_to(VIEWS)): each.read_text("utf-8") for each in VIEWS.rglob("*.py")}
    past = {name: found_past_reach(words) for name, words in staffs.items() if "staff_with" in words}
    assert len(past) > 30
    assert {name: found for name, found in past.items() if found} == {}


def test_a_planted_view_that_finds_every_row_is_found():
    assert found_past_reach("get_object_or_404(SignOn, pk=number)") == ["get_object_or_404(SignOn, pk=number)"]
    assert found_past_reach("SignOn.objects.get(pk=number)") == ["SignOn.objects.get"]
    assert found_past_reach("SignOn.objects.for_user(user).get(pk=number)") == []


def test_what_staff_work_on_in_the_administration_is_reached():
    without = {
        model.__name__
        for model in site._registry
        if model.__module__.startswith(("signon", "campaigns")) and model.__name__ not in REACHED
    }
    # Who belongs to which campaign, and accounts, are administrators' alone.
    assert without == {"Membership", "User"}


@pytest.mark.django_db
class TestRightsOnARow:
    @pytest.fixture
    def own(self):
        return StatementFactory()

    @pytest.fixture
    def manager(self, own):
        user = UserFactory()
        roles.give(user, "campaign_manager")
        Membership.objects.create(user=user, campaign=own.campaign)
        return user

    def test_a_manager_has_them_in_their_campaigns_alone(self, manager, own):
        other = StatementFactory()
        asked = [("signon.organize_statement", own), ("signon.verify_signon", accepted(statement=own))]
        assert [manager.has_perm(*each) for each in asked] == [True, True]
        asked = [("signon.organize_statement", other), ("signon.verify_signon", accepted(statement=other))]
        assert [manager.has_perm(*each) for each in asked] == [False, False]

    def test_who_reaches_all_campaigns_has_the_rights_of_their_role_and_no_others(self, own):
        auditor = UserFactory()
        roles.give(auditor, "auditor")
        assert auditor.has_perm("campaigns.view_statement", own)
        assert not auditor.has_perm("campaigns.change_statement", own)

    def test_who_is_no_staff_any_more_has_none_whatever_group_they_are_in(self, manager, own):
        manager.is_staff = False
        assert not manager.has_perm("signon.organize_statement")
        assert not manager.has_perm("signon.organize_statement", own)

    def test_what_is_of_their_campaign_or_mailed_to_them_is_seen_once_however_many_belong_to_it(self, manager, own):
        Membership.objects.create(user=UserFactory(), campaign=own.campaign)
        waiting = SignOnFactory(statement=own, confirmed=True)
        mailing.compose(Message.Kind.VERIFICATION, key="one", sign_on=waiting, user=manager)
        other = SignOnFactory(confirmed=True)
        mailing.compose(Message.Kind.VERIFICATION, key="other", sign_on=other)
        assert [each.key for each in Message.objects.for_user(manager)] == ["one"]

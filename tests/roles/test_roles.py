"""docs/roles.md says who may do what; here it is tried, at every address, as every role and as a stranger."""

import os

import pytest
from django.urls import reverse

from signon.models import Membership
from signon.people import roles
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.roles import page, walk

pytestmark = pytest.mark.django_db
# Signing out, and one's own password, which is changed among the accounts' pages.
LEAD_ELSEWHERE = {"admin:logout", "admin:password_change"}


def of_lists(client):
    """What no address tells: whether a list on its way out holds contacts, and names kept back."""
    statement = StatementFactory(slug="lists")
    accepted(statement=statement, organization_name="Bread House", email="asha@secret.example")
    SignOnFactory(statement=statement, confirmed=True)
    found = {"a list": [], "a list with contacts": []}
    for role in walk.ROLES:
        client.logout()
        if role != walk.STRANGER:
            user = UserFactory()
            roles.give(user, role)
            Membership.objects.create(user=user, campaign=statement.campaign)
            client.force_login(type(user).objects.get(pk=user.pk))
        for name, contacts, word in (
            ("a list", "", "Bread House"),
            ("a list with contacts", "on", "asha@secret.example"),
        ):
            query = f"?format=csv&states=accepted&contacts={contacts}"
            posted = {"format": "csv", "states": ["accepted"], "contacts": contacts}
            answer = client.post(f"{reverse('desk-export-choose', args=['lists'])}{query}&act=fetch", posted)
            body = b"".join(answer) if answer.streaming else answer.content
            held = answer.status_code == 200 and answer["Content-Type"].startswith("text/csv") and word in body.decode()
            found[name].append(walk.ACTS if held else walk.NOTHING)
    return {name: ("acts", tuple(cells)) for name, cells in found.items()}


def test_every_address_answers_each_role_as_the_table_says(client):
    found = walk.table() | of_lists(client)
    if os.environ.get("WRITE"):
        page.write(found)
    told = page.read()
    assert {name: cells for name, cells in found.items() if told.get(name) != cells} == {}, "docs/roles.md says other"
    assert sorted(set(told) - set(found)) == [], "docs/roles.md tells of what is not there"


def test_strangers_act_nowhere_but_on_public_pages():
    for name, (part, cells) in page.read().items():
        if part in ("desk", "admin", "acts") and name not in LEAD_ELSEWHERE:
            assert cells[0] == walk.NOTHING, name


def test_an_auditor_changes_nothing_but_their_own_account():
    own = {"desk-me", "desk-site-preview"}  # their settings; a page that shows what was typed and keeps nothing
    auditor = walk.ROLES.index("auditor")
    acts = {
        name
        for name, (part, cells) in page.read().items()
        if part not in ("public", "accounts") and cells[auditor] == walk.ACTS
    }
    assert acts - own - LEAD_ELSEWHERE == set()

"""Ten thousand signatories: no page that finds one of them reads or shows them all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signon import volume
from signon.models import Organization, SignOn
from tests.factories import StatementFactory, UserFactory

pytestmark = pytest.mark.django_db

NUMBER = 10_000


@pytest.fixture
def statement():
    made = StatementFactory()
    for _done in volume.load(made, NUMBER, by=UserFactory()):
        pass
    return made


def test_every_page_that_finds_one_is_short_and_asks_a_bounded_number_of_questions(client, statement):
    named = SignOn.objects.filter(statement=statement, listing=SignOn.Listing.NAME).order_by("pk")
    found = named.select_related("organization")[5000]
    last = Organization.objects.order_by("-name").values_list("slug", flat=True)[0]
    paths = [
        f"/statements/{statement.slug}/",
        f"/statements/{statement.slug}/signatories/",
        f"/statements/{statement.slug}/signatories/?q={found.listed_name.split()[0]}",
        f"/statements/{statement.slug}/signatories/?country=IN&type=ngo",
        f"/statements/{statement.slug}/numbers/",
        "/organizations/",
        f"/organizations/?after={last}",
        "/organizations/?q=women&country=KE&type=ngo",
        f"/organizations/{found.organization.slug}/",
        "/search/?q=women",
        "/search/?q=wimen",
    ]
    for path in paths:
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        assert answer.status_code == 200, path
        assert len(asked) <= 40, path
        assert len(answer.content) < 250_000, path

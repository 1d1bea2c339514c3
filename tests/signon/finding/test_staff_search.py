"""What staff find by what they type into the administration's searches."""

import pytest

from signon.models import LedgerEntry
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def test_staff_find_sign_ons_by_words_of_name_and_representative_by_address_and_domain(client):
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Bread House", representative_name="José O'Brien",
             email="jose@bread.example")  # fmt: skip
    SignOnFactory(statement=statement, organization_name="Rice Union", representative_name="Asha Rao",
                  email="asha@rice.example")  # fmt: skip
    client.force_login(UserFactory(staff=True, is_superuser=True))

    def found(typed):
        return {
            each.listed_name for each in client.get("/admin/signon/signon/", {"q": typed}).context["cl"].result_list
        }

    for_bread = ["bread", "BREAD josé", "o'brien", "jose@bread.example", "bread.example"]
    for_rice = ["Rice", "asha rao", "rice.example", "asha@rice.example"]
    both = [(typed, "Bread House") for typed in for_bread] + [(typed, "Rice Union") for typed in for_rice]
    for typed, name in both:
        assert found(typed) == {name}, typed
    for typed in ("read", "bread rice", "other.example", "%00", "'|'x"):
        assert found(typed) == set(), typed


def test_staff_find_the_ledger_s_entries_of_a_name_a_number_and_a_statement(client):
    statement = StatementFactory(slug="bread-for-all")
    first = accepted(statement=statement, organization_name="Bread House")
    LedgerEntry.objects.append_to_statement(statement, LedgerEntry.Act.OPENED)
    accepted(organization_name="Rice Union")
    client.force_login(UserFactory(staff=True, is_superuser=True))
    for typed, number in (("bread", None), (str(first.pk), None), ("bread-for-all", 1), ("nothing", 0)):
        shown = client.get("/admin/signon/ledgerentry/", {"q": typed}).context["cl"].result_list
        expected = LedgerEntry.objects.filter(sign_on=first).count() if number is None else number
        assert len(shown) == expected, typed

"""Retrieval among thousands of made-up organizations; FULL=1 makes 100,000 and prints how long one takes."""

import csv
import os
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signon.matching import Party, printed
from signon.models import OrganizationDomain, OrganizationName
from signon.models.organization import NameKey
from signon.naming import candidates
from signon.naming.candidates import MOST_JUDGED, MOST_OF_A_KEY, find
from signon.naming.name_keys import index, index_all
from tests.bench import match
from tests.bench.match import ASKED, made_up, organization, store

pytestmark = pytest.mark.django_db

FULL = os.environ.get("FULL") == "1"
MANY = 100_000 if FULL else 3_000
FILE = Path(__file__).parent.parent / "data/same_organization.csv"
PAIRS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
POSITIVE = [pair for pair in PAIRS if pair["same"] == "1"]


def test_an_organization_is_found_under_each_of_its_names_acronyms_and_domains():
    one = organization("Centre for Research on Multinational Corporations", "NL", acronym="SOMO")
    other = organization("Social Watch", website="https://www.socialwatch.org")
    for row in (one, other):
        row.save()
    OrganizationName.objects.create(organization=one, name="Stichting Onderzoek", search_key="stichting onderzoek")
    OrganizationDomain.objects.create(organization=one, domain="somo.nl")
    index([one, other])
    for name in ("SOMO", "Stichting onderzoek", "Centro de Investigación sobre Corporaciones Multinacionales"):
        assert [found.organization for found in find(Party(name, "NL"))] == [one], name
    assert find(Party("Quite another name", email_domain="somo.nl"))[0].organization == one
    assert find(Party("Social Wacht"))[0].organization == other
    assert find(Party("Social Watch"))[0].same


def test_the_likeliest_comes_first_and_no_more_than_asked_for():
    rows = [organization(f"Women's Network {country}", code) for code, country in (("KE", "Kenya"), ("UG", "Uganda"))]
    for row in rows:
        row.save()
    index(rows)
    found = find(Party("Womens Network of Uganda", "UG"))
    assert [candidate.organization for candidate in found] == rows[::-1]
    assert [candidate.same for candidate in found] == [True, False]
    assert found[0].why
    assert len(find(Party("Womens Network of Uganda", "UG"), limit=1)) == 1


def test_one_that_was_merged_into_another_is_not_found():
    kept, merged = organization("Green Hands", "KE"), organization("Green Hand", "KE")
    kept.save()
    merged.merged_into = kept
    merged.save()
    index([kept, merged])
    assert [found.organization for found in find(Party("Green Hands", "KE"))] == [kept]


def test_keys_follow_a_change_of_name():
    row = organization("Banana Link", "GB")
    row.save()
    index([row])
    row.name, row.search_key = "Mango Society", "mango society"
    row.save()
    index([row])
    assert find(Party("Banana Link", "GB")) == []
    assert find(Party("Mango Society", "GB"))
    index([])
    row.delete()
    assert not NameKey.objects.exists()


@pytest.mark.parametrize("name", ["", "?", "Kenya", "The", "世界贸易", "🌍", "x" * 300, " ".join("abcdefghijklmnop")])
def test_whatever_is_typed_can_be_stored_and_asked(name):
    row = organization(name, "KE")
    row.save()
    index([row])
    find(Party(name, "KE"))


def test_the_other_name_of_each_labelled_pair_is_found_among_thousands():
    targets = [organization(pair["name_b"], printed("", pair["country_b"]).country) for pair in POSITIVE]
    store(made_up(MANY) + targets)
    missing = []
    for pair, target in zip(POSITIVE, targets, strict=True):
        party = printed(pair["name_a"], pair["country_a"])
        if target.pk not in candidates._fetch(party):
            missing.append(pair["name_a"] + " = " + pair["name_b"])
    share = 1 - len(missing) / len(POSITIVE)
    sys.stdout.write(f"\n{share:.3f} of {len(POSITIVE)} found; not found:\n" + "\n".join(missing) + "\n")
    assert share >= (0.96 if FULL else 0.97)


def test_one_name_costs_little_among_thousands_however_common_its_words():
    store(made_up(MANY))
    for name in ASKED:
        find(Party(name, "KE"))  # warm: the lists of words are read once a process
        with CaptureQueriesContext(connection) as queries:
            find(Party(name, "KE"))
            assert len([query for query in queries if "SELECT" in query["sql"]]) <= 4
        found = candidates._fetch(Party(name, "KE"))
        assert len(found) <= MOST_JUDGED
        plan = explained(name)
        # Thousands of organizations are soon read through; their keys never are, and of many nothing is.
        assert ("Seq Scan" if FULL else "Seq Scan on signon_namekey") not in plan, plan
        assert "Index" in plan


def test_finding_one_name_is_measured(monkeypatch):
    monkeypatch.setattr(match, "MANY", 100_000 if FULL else 2000)
    for row in match.measure():
        sys.stdout.write(f"\n{row['name']}: {row['value']:.1f} {row['unit']}, {row['ratio']:.2f} of the limit\n")
    assert not NameKey.objects.exists()


def test_every_organization_is_indexed_anew():
    rows = [organization(f"Green Hands of {country}", code) for country, code in (("Kenya", "KE"), ("Mali", "ML"))]
    for row in rows:
        row.save()
    NameKey.objects.create(organization=rows[0], key=1)
    assert index_all(batch=1) == 2
    assert not NameKey.objects.filter(key=1).exists()
    assert find(Party("Green Hands of Mali", "ML"))[0].organization == rows[1]


def explained(name: str) -> str:
    """The plan of the query that fetches candidates, and a guard that no key brought more rows than it may."""
    with CaptureQueriesContext(connection) as queries:
        candidates._fetch(Party(name, "KE"))
    with connection.cursor() as cursor:
        (asked,) = [query["sql"] for query in queries if "LATERAL" in query["sql"]]
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) " + asked)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for line in plan.splitlines():
        if "signon_namekey" in line and "rows=" in line:
            assert float(line.rpartition("rows=")[2].split()[0].rstrip(")")) <= MOST_OF_A_KEY, line
    return plan

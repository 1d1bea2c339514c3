"""What evidence finds, and what nobody gets a sign-on accepted with; on real PostgreSQL, workers on real threads."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from signon.casework import evidence
from signon.casework.evidence import BURST, gather, gather_due, is_strong, known_organization
from signon.casework.findings import Finding, read
from signon.mail import bouncing
from signon.models import (
    Case,
    Distinction,
    LedgerEntry,
    Message,
    Organization,
    OrganizationDomain,
    OrganizationName,
    Question,
    SignOn,
    Suppression,
)
from signon.naming import name_keys, names
from tests.elsewhere import Elsewhere, somebody_waits, together
from tests.factories import SignOnFactory, StatementFactory, UserFactory
from tests.stack import wait_for

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]
NAME, EMAIL = "Tebtebba", "asha@tebtebba.example"


def entry(name=NAME, country="KE", *, verified=True, domain="", **fields):
    made = Organization.objects.create(
        slug=f"o-{Organization.objects.count()}-{name[:5]}",
        name=name,
        country=country,
        scope="national" if country else "international",
        search_key=names.search_key(name),
        verified_at=timezone.now() if verified else None,
        **fields,
    )
    if domain:
        OrganizationDomain.objects.create(organization=made, domain=domain)
    name_keys.index([made])
    return made


def confirmed(**fields):
    return SignOnFactory(confirmed=True, **({"organization_name": NAME, "email": EMAIL} | fields))


def standing(organization, **fields):
    fields = {"organization_name": organization.name, "country": organization.country} | fields
    return SignOnFactory(
        confirmed=True, state="accepted", organization=organization, decided_at=timezone.now(),
        decided_by=UserFactory(), **fields,
    )  # fmt: skip


def declined(**fields):
    fields = {"organization_name": NAME, "email": EMAIL, "decision_reason": "No."} | fields
    return SignOnFactory(
        confirmed=True, state="declined", decided_at=timezone.now(), decided_by=UserFactory(), **fields
    )


def merge(organization, into):
    Organization.objects.filter(pk=organization.pk).update(merged_into=into)


def apart(organization, name=NAME, country="KE"):
    return Distinction.objects.create(
        organization=organization, search_key=names.search_key(name), country=country, by=UserFactory()
    )


def facts(sign_on):
    found = gather(sign_on)
    assert len({one.code for one in found}) == len(found), "no code twice"
    return {one.code: one.facts for one in found}


def codes(sign_on):
    return set(facts(sign_on))


def strong(sign_on):
    fresh = SignOn.objects.get(pk=sign_on.pk)
    return is_strong(fresh, gather(fresh))


# Known in the directory


def test_an_organization_that_staff_verified_is_told_from_one_that_a_list_brought():
    known = entry()
    assert facts(confirmed())["organization_verified"] == {"organization": known.pk, "name": "Tebtebba"}
    Organization.objects.update(verified_at=None)
    assert facts(confirmed(email="b@b.example"))["organization_known"]["organization"] == known.pk


def test_a_name_is_known_in_any_spelling_and_by_other_names_in_its_country_alone():
    known = entry("Fundación Tebtebba")
    OrganizationName.objects.create(organization=known, name=NAME, search_key=names.search_key(NAME))
    assert known_organization(confirmed(organization_name="FUNDACION  TEBTEBBA!")) == known
    assert known_organization(confirmed(email="b@b.example")) == known
    assert known_organization(confirmed(email="c@b.example", country="PH")) is None
    assert known_organization(confirmed(email="d@b.example", country="", scope="international")) is None


def test_the_entry_whose_own_name_it_is_comes_before_one_that_is_also_called_so():
    other = entry("Indigenous Center")
    OrganizationName.objects.create(organization=other, name=NAME, search_key=names.search_key(NAME))
    own = entry()
    sign_on = confirmed()
    assert known_organization(sign_on) == own
    assert facts(sign_on)["several_organizations"] == {"organizations": [other.pk, own.pk]}


def test_a_merged_entry_is_followed_to_the_one_that_is_left():
    first, second, third = entry(), entry("Second"), entry("Third")
    merge(first, second)
    merge(second, third)
    sign_on = confirmed()
    assert known_organization(sign_on) == third
    assert "several_organizations" not in codes(sign_on)


def test_merges_in_a_circle_lead_to_nobody():
    first, second = entry(), entry("Second")
    merge(first, second)
    merge(second, first)
    assert known_organization(confirmed()) is None


@pytest.mark.parametrize("which", [0, 1, 2])
def test_what_staff_told_apart_from_a_name_is_not_known_by_it(which):
    one, kept, other = entry(), entry("Kept"), entry("Other")
    merge(one, kept)
    merge(other, kept)
    apart([one, kept, other][which])
    assert known_organization(confirmed()) is None
    assert known_organization(confirmed(country="PH", email="b@b.example")) is None


def test_told_apart_in_one_country_says_nothing_about_another():
    known = entry()
    apart(known, country="PH")
    assert known_organization(confirmed()) == known


def test_an_individual_is_no_organization():
    entry("")
    sign_on = confirmed(individual=True, organization_name="", representative_name="Asha Rao", listed_name="Asha Rao")
    assert known_organization(sign_on) is None
    assert codes(sign_on) == {"individual"}


def test_an_individual_of_the_same_name_is_shown_by_number_alone():
    statement = StatementFactory()
    person = {"individual": True, "organization_name": "", "statement": statement, "representative_name": "Asha Rao"}
    first = confirmed(**person, listed_name="Asha Rao")
    second = confirmed(**person, listed_name="Asha Rao", email="asha@mailinator.com")
    confirmed(**person, listed_name="Asha Rao", email="c@c.example", country="PH")
    assert facts(second)["likely_duplicate"] == {"alike": [{"sign_on": first.pk, "score": 1.0, "why": "same name"}]}
    assert "disposable" in codes(second)


# Domains


@pytest.mark.parametrize(
    ("email", "website", "code"),
    [
        ("a@tebtebba.example", "https://www.tebtebba.example/en", "domain_matches"),
        ("a@mail.tebtebba.example", "https://tebtebba.example", "domain_matches"),
        ("a@tebtebba.example", "https://kenya.tebtebba.example", "domain_matches"),
        ("a@a.tebtebba.example", "https://b.tebtebba.example", "domain_beside"),
        ("a@tebtebba.example", "https://oxfam.example", "domain_differs"),
        ("a@one.co.ke", "https://two.co.ke", "domain_differs"),
        ("a@one.github.io", "https://two.github.io", "domain_differs"),
        ("a@tebtebba.example", "https://facebook.com/tebtebba", "website_shared"),
        ("a@xn--bcher-kva.example", "https://bücher.example", "domain_matches"),
        ("a@tebtebba.example", "", ""),
        ("a@gmail.com", "https://gmail.com", "free_mail"),
        ("a@mailinator.com", "https://oxfam.example", "disposable"),
    ],
)
def test_an_address_is_seen_beside_the_website(email, website, code):
    assert code in codes(confirmed(email=email, website=website)) | {""}


def test_the_directory_s_website_stands_in_for_one_that_was_not_typed():
    entry(website="https://tebtebba.example")
    assert facts(confirmed())["domain_matches"] == {"domain": "tebtebba.example", "website": "tebtebba.example"}


def test_a_recorded_domain_is_this_organization_s_another_s_or_several_s():
    known = entry(domain="tebtebba.example")
    assert facts(confirmed())["domain_recorded"] == {"domain": "tebtebba.example", "organization": known.pk}
    other = confirmed(organization_name="Oxfam", email="b@tebtebba.example")
    expected = {"domain": "tebtebba.example", "organization": known.pk, "name": "Tebtebba"}
    assert facts(other)["domain_of_another"] == expected
    below = confirmed(email="b@mail.tebtebba.example")
    assert facts(below)["domain_below"] == expected | {"domain": "mail.tebtebba.example"}
    second = entry("Oxfam", domain="tebtebba.example")
    assert facts(confirmed(email="c@tebtebba.example"))["domain_of_several"] == {
        "domain": "tebtebba.example",
        "organizations": [known.pk, second.pk],
    }


# Others


def test_a_representative_is_known_by_the_same_address_for_the_same_organization():
    known, other = entry(), entry("Oxfam")
    same, another = standing(known, email=EMAIL.upper()), standing(other, email=EMAIL)
    found = facts(confirmed())
    assert found["representative_known"] == {"sign_ons": [same.pk]}
    assert found["representative_of_another"] == {"sign_ons": [another.pk]}
    assert "representative_known" not in codes(confirmed(email="asha+1@tebtebba.example"))


def test_what_waits_makes_nobody_known():
    confirmed()
    assert codes(confirmed()) == set()


def test_the_same_organization_from_this_or_another_address_is_shown_on_one_statement_only():
    statement = StatementFactory()
    known = entry()
    old = standing(known, statement=statement, email="")
    waiting = confirmed(statement=statement, email="juan@gmail.com", organization_name="TEBTEBBA")
    confirmed(email="elsewhere@tebtebba.example")
    SignOnFactory(statement=statement, organization_name=NAME, email="never@confirmed.example")
    found = facts(confirmed(statement=statement))
    assert found["signed_already"] == {"sign_ons": [old.pk]}
    assert found["another_address"] == {"sign_ons": [waiting.pk]}
    assert "likely_duplicate" not in found


def test_a_refusal_is_remembered_for_the_address_and_for_the_organization_on_the_statement():
    statement = StatementFactory()
    elsewhere, here = declined(), declined(statement=statement, email="b@b.example")
    declined(email="c@c.example")
    assert facts(confirmed(statement=statement))["declined_before"] == {"sign_ons": [here.pk, elsewhere.pk]}


def test_likely_duplicates_have_ids_scores_and_grounds_and_no_name_that_a_stranger_typed():
    statement = StatementFactory()
    listed = entry("Women Workers Network for Peace")
    waiting = confirmed(statement=statement, organization_name="Women Workers' Network", email="b@b.example")
    declined(statement=statement, organization_name="Women Workers Network of Peace", email="c@c.example")
    confirmed(statement=statement, organization_name="Oxfam", email="d@d.example")
    confirmed(organization_name="Women Workers Networks", email="e@e.example")
    sign_on = confirmed(statement=statement, organization_name="The Women Workers' Network for Peace")
    alike = facts(sign_on)["likely_duplicate"]["alike"]
    assert [sorted(one) for one in alike] == [["name", "organization", "score", "why"], ["score", "sign_on", "why"]]
    assert (alike[0]["organization"], alike[0]["name"]) == (listed.pk, "Women Workers Network for Peace")
    assert alike[1]["sign_on"] == waiting.pk
    assert all(0.3 <= one["score"] <= 1 and one["why"] for one in alike)
    apart(listed, sign_on.organization_name)
    assert [one.get("sign_on") for one in facts(sign_on)["likely_duplicate"]["alike"]] == [waiting.pk]


def test_a_signatory_and_its_entry_are_one_likeness():
    statement = StatementFactory()
    listed = entry("Women Workers Network for Peace")
    standing(listed, statement=statement, email="b@b.example")
    sign_on = confirmed(statement=statement, organization_name="The Women Workers' Network for Peace")
    assert [one["organization"] for one in facts(sign_on)["likely_duplicate"]["alike"]] == [listed.pk]


def test_a_name_that_only_looks_like_another_is_shown_whether_listed_or_waiting():
    statement = StatementFactory()
    listed = entry("Oxfam Kenya")
    waiting = confirmed(statement=statement, email="b@b.example", organization_name="Oxfam Kenyа")
    found = facts(confirmed(statement=statement, organization_name="Oxfаm Kenya"))
    alike = found["look_alike_name"]["alike"]
    assert alike == [{"organization": listed.pk, "name": "Oxfam Kenya"}, {"sign_on": waiting.pk}]
    assert found["mixed_script"] == {"words": ["Oxfаm"]}
    assert "organization_verified" not in found


def test_a_stranger_s_disguised_name_neither_smears_nor_holds_up_the_honest_one(known):
    statement = StatementFactory()
    honest = confirmed(statement=statement)
    disguised = honest.organization_name.replace("a", "а").replace("e", "е")
    stranger = confirmed(statement=statement, organization_name=disguised, email="b@b.example")
    assert "look_alike_name" not in facts(honest)
    assert strong(honest)
    assert facts(stranger)["look_alike_name"]["alike"][0]["organization"] == known.pk


def test_of_two_that_wait_the_one_in_other_letters_is_warned_of():
    statement = StatementFactory()
    plain = confirmed(statement=statement, organization_name="Oxfam Kenya")
    disguised = confirmed(statement=statement, organization_name="Oxfаm Kenya", email="b@b.example")
    assert "look_alike_name" not in facts(plain)
    assert facts(disguised)["look_alike_name"]["alike"] == [{"sign_on": plain.pk}]


def test_a_name_wholly_in_another_script_is_found_by_how_it_reads():
    listed = entry("OXPAHA")
    assert facts(confirmed(organization_name="ОХРАНА"))["look_alike_name"]["alike"][0]["organization"] == listed.pk


def test_the_likeliest_of_many_that_wait_are_judged(monkeypatch):
    monkeypatch.setattr("signon.casework.resembling.MOST_JUDGED", 2)
    statement = StatementFactory()
    same = confirmed(statement=statement, email="b@b.example")
    for number in range(4):
        confirmed(statement=statement, organization_name=f"Oxfam {number}", email=f"a{number}@x.example")
    assert facts(confirmed(statement=statement))["another_address"] == {"sign_ons": [same.pk]}


# The mailbox and the network


def message(to=EMAIL, state="bounced", **fields):
    key = f"m{Message.objects.count()}"
    return Message.objects.create(
        key=key, message_id=f"<{key}@x>", kind="accepted", to_address=to, mailbox="asha@tebtebba.example", state=state,
        **({"due_at": timezone.now(), "sent_at": timezone.now()} | fields),
    )  # fmt: skip


def test_mail_that_bounced_at_this_address_is_shown_with_what_the_server_said():
    sign_on = confirmed()
    message(state="sent")
    message(to="asha+wrong@tebtebba.example")
    assert "bounced_mail" not in codes(sign_on)
    message(answer="550 5.1.1 unknown")
    assert facts(sign_on)["bounced_mail"] == {"kind": "accepted", "status": "5.1.1"}


def test_an_old_bounce_and_one_that_staff_forgave_say_nothing():
    message(answer="550 5.1.1 unknown")
    Message.objects.update(created_at=timezone.now() - timedelta(days=100))
    assert "bounced_mail" not in codes(confirmed())
    message()
    Suppression.objects.create(mailbox=EMAIL, reason="bounced", lifted_at=timezone.now())
    assert "bounced_mail" not in codes(confirmed(statement=StatementFactory()))


def test_a_mailbox_that_gets_no_mail_since_it_bounced_is_shown():
    Suppression.objects.create(mailbox=EMAIL, reason="unsubscribed")
    assert "bounced_mail" not in codes(confirmed())
    Suppression.objects.create(mailbox=EMAIL, reason="bounced")
    assert facts(confirmed(statement=StatementFactory()))["bounced_mail"] == {"kind": "", "status": ""}


@pytest.mark.parametrize(("many", "seen"), [(BURST - 1, set()), (BURST, {"burst"})])
def test_many_from_one_network_within_an_hour_are_a_burst(many, seen):
    statement = StatementFactory()
    sign_ons = [SignOnFactory(statement=statement, network="n1") for _number in range(many)]
    SignOnFactory(statement=statement, network="n2")
    SignOnFactory(statement=statement, network="")
    assert {one.code for one in gather(sign_ons[0])} & {"burst"} == seen


def test_as_many_in_two_hours_are_no_burst_and_an_unknown_network_is_none():
    statement = StatementFactory()
    sign_ons = [SignOnFactory(statement=statement, network="n1") for _number in range(BURST)]
    for number, sign_on in enumerate(sign_ons):
        moment = timezone.now() - timedelta(minutes=10 * number)
        SignOn.objects.filter(pk=sign_on.pk).update(created_at=moment)
    assert "burst" not in codes(SignOn.objects.get(pk=sign_ons[5].pk))
    SignOn.objects.update(created_at=timezone.now())
    assert facts(SignOn.objects.get(pk=sign_ons[5].pk))["burst"] == {"count": BURST}
    SignOn.objects.update(network="")
    assert "burst" not in codes(SignOn.objects.get(pk=sign_ons[5].pk))


# Strong


@pytest.fixture
def known():
    return entry(domain="tebtebba.example")


def test_verified_before_and_at_a_recorded_domain_is_strong(known):
    assert strong(confirmed())
    assert strong(confirmed(statement=StatementFactory(), email="ASHA+list@Tebtebba.EXAMPLE"))


def test_a_first_sign_on_is_never_strong_whatever_it_says():
    assert not strong(confirmed(website="https://tebtebba.example"))
    entry(verified=False, domain="tebtebba.example", website="https://tebtebba.example")
    assert not strong(confirmed(website="https://tebtebba.example", statement=StatementFactory()))


def test_a_known_representative_at_the_website_s_domain_is_not_strong_without_a_record():
    known = entry(website="https://tebtebba.example")
    standing(known, email=EMAIL)
    assert not strong(confirmed(website="https://tebtebba.example"))


@pytest.mark.parametrize(
    "email",
    [
        "asha@mail.tebtebba.example",
        "asha@tebtebba.example.evil.example",
        "asha@eviltebtebba.example",
        "asha@xtebtebba.example",
        "asha@tebtebba.example.com",
        "asha@example",
        "tebtebba.example@evil.example",
        '"asha@tebtebba.example"@evil.example',
        "asha@" + "tebtebbа.example".encode("idna").decode("ascii"),
        "asha@gmail.com",
        "",
    ],
)
def test_another_domain_is_not_strong(known, email):
    assert not strong(confirmed(email=email))


@pytest.mark.parametrize(
    "domain", ["gmail.com", "riseup.net", "yahoo.com.ph", "mailinator.com", "wordpress.com", "github.io", "co.ke"]
)
def test_a_domain_that_anybody_can_be_at_is_not_strong_even_where_staff_recorded_it(domain):
    known = entry(domain=domain)
    sign_on = confirmed(email=f"asha@{domain}")
    assert not strong(sign_on)
    found = [Finding("organization_verified", {"organization": known.pk})]
    assert not is_strong(sign_on, [*found, Finding("domain_recorded", {"organization": known.pk})])


@pytest.mark.parametrize("recorded", ["bücher.example", "xn--bcher-kva.example"])
def test_an_internationalized_domain_is_one_in_both_spellings(recorded):
    entry(domain=recorded)
    assert strong(confirmed(email="asha@xn--bcher-kva.example"))
    assert not strong(confirmed(statement=StatementFactory(), email="asha@bucher.example"))


def test_a_domain_that_older_rules_read_as_another_stays_itself():
    entry(domain="fass.example")
    assert not strong(confirmed(email="asha@xn--fa-hia.example"))


def test_a_domain_that_two_organizations_have_is_not_strong(known):
    other = entry("Oxfam", domain="tebtebba.example")
    assert not strong(confirmed())
    merge(other, known)
    assert strong(confirmed(statement=StatementFactory()))


def test_a_domain_of_another_organization_is_not_strong(known):
    entry("Oxfam")
    assert not strong(confirmed(organization_name="Oxfam"))


def test_a_merged_organization_is_as_strong_as_what_it_was_merged_into(known):
    into = entry("Kept", verified=False)
    merge(known, into)
    assert not strong(confirmed())
    Organization.objects.filter(pk=into.pk).update(verified_at=timezone.now())
    assert strong(confirmed(statement=StatementFactory()))


@pytest.mark.parametrize(
    "fields",
    [
        {"country": "PH"},
        {"country": "", "scope": "international"},
        {"organization_name": "Tebtebba Foundation"},
        {"organization_name": "Tеbtebba"},
        {"organization_name": "Tebtebba Kenya"},
        {"acronym": "BUY NOW"},
        {"state": "unconfirmed", "confirmed_at": None, "expires_at": timezone.now() + timedelta(days=1)},
        {"source": "import", "confirmed_at": None},
        {"source": "import"},
        {"source": "staff"},
        {"individual": True, "organization_name": "", "listed_name": NAME},
        {"individual": True},
    ],
)
def test_another_name_place_or_way_is_not_strong(known, fields):
    assert not strong(confirmed(**fields))


def test_an_acronym_that_the_directory_knows_is_as_good_as_none(known):
    Organization.objects.update(acronym="T.E.B.")
    assert strong(confirmed(acronym="TEB"))
    OrganizationName.objects.create(organization=known, name="IPF", search_key="ipf")
    assert strong(confirmed(acronym="IPF", statement=StatementFactory()))


def test_told_apart_is_not_strong(known):
    sign_on = confirmed()
    apart(known)
    assert not strong(sign_on)


def test_two_of_a_name_are_not_strong(known):
    other = entry("Other")
    OrganizationName.objects.create(organization=other, name=NAME, search_key=names.search_key(NAME))
    assert not strong(confirmed())


def test_what_staff_asked_or_took_back_is_theirs(known):
    asked, reopened, answered = (confirmed(statement=StatementFactory()) for _number in range(3))
    Question.objects.create(sign_on=asked, by=UserFactory(), words="Who?")
    LedgerEntry.objects.append(reopened, LedgerEntry.Act.REOPENED, by=UserFactory())
    LedgerEntry.objects.append(answered, LedgerEntry.Act.ASKED, by=UserFactory())
    assert [strong(one) for one in (asked, reopened, answered)] == [False, False, False]


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn"])
def test_only_what_waits_can_be_strong(known, state):
    sign_on = confirmed()
    found = gather(sign_on)
    sign_on.state = state
    assert not is_strong(sign_on, found)


def test_another_address_or_a_refusal_leaves_it_to_a_person(known):
    statement = StatementFactory()
    confirmed(statement=statement, email="b@gmail.com")
    assert not strong(confirmed(statement=statement))
    declined(statement=StatementFactory())
    assert not strong(confirmed(statement=StatementFactory()))


@pytest.mark.parametrize("code", ["burst", "bounced_mail", "not_gathered", "look_alike_name", "mixed_script"])
def test_a_warning_leaves_it_to_a_person(known, code):
    sign_on = confirmed()
    found = gather(sign_on)
    assert is_strong(sign_on, found)
    assert not is_strong(sign_on, [*found, Finding(code)])


@pytest.mark.parametrize("code", ["domain_differs", "likely_duplicate", "representative_of_another", "website_shared"])
def test_what_the_form_says_beside_it_does_not_count(known, code):
    sign_on = confirmed()
    assert is_strong(sign_on, [*gather(sign_on), Finding(code)])


def test_findings_that_are_no_longer_true_are_not_believed(known):
    sign_on = confirmed()
    found = gather(sign_on)
    assert is_strong(sign_on, found)
    for number in range(len(found)):
        assert not is_strong(sign_on, found[:number] + found[number + 1 :])
    OrganizationDomain.objects.all().delete()
    assert not is_strong(sign_on, found)
    OrganizationDomain.objects.create(organization=known, domain="tebtebba.example")
    Organization.objects.update(verified_at=None)
    assert not is_strong(sign_on, found)
    assert not is_strong(sign_on, [])


def test_what_became_doubtful_since_it_was_gathered_is_not_believed(known):
    sign_on, other = confirmed(), entry("Other")
    found = gather(sign_on)
    also = OrganizationName.objects.create(organization=other, name=NAME, search_key=names.search_key(NAME))
    assert not is_strong(sign_on, found)
    also.delete()
    assert is_strong(sign_on, found)
    OrganizationDomain.objects.create(organization=other, domain="tebtebba.example")
    assert not is_strong(sign_on, found)


def test_findings_about_another_organization_are_not_believed(known):
    sign_on = confirmed()
    found = [Finding(one.code, one.facts | {"organization": known.pk + 1}) for one in gather(sign_on)]
    assert not is_strong(sign_on, found)


# How often the database is asked


@pytest.mark.parametrize("name", ["Oxfаm Kenya", "Tebtebba"])
def test_the_database_is_asked_as_often_for_few_as_for_many(name):
    statement, counts = StatementFactory(), []
    sign_on = confirmed(statement=statement, organization_name=name, email="a@a.tebtebba.example", network="n1")
    for many in (1, 12):
        for number in range(many):
            suffix = f"{many}-{number}"
            known = entry(f"{name} {suffix}", domain="tebtebba.example")
            for called in (name, "Oxfam Kenya", f"Also {suffix}"):
                key = names.search_key(called)
                OrganizationName.objects.create(organization=known, name=called, search_key=key)
            name_keys.index([known])
            standing(known, statement=statement, email=f"{suffix}@x.example", network="n1")
            standing(known, email="a@a.tebtebba.example")
            confirmed(statement=statement, organization_name=f"{name}s", email=f"w{suffix}@x.example")
            message(to="a@a.tebtebba.example")
        with CaptureQueriesContext(connection) as queries:
            gather(sign_on)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30


@pytest.mark.django_db(transaction=True)
def test_looking_writes_nothing():
    entry(domain="tebtebba.example")
    sign_on = confirmed()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        assert strong(sign_on)


# What is due


def case(**fields):
    return Case.objects.create(sign_on=confirmed(statement=StatementFactory(), **fields))


def test_what_is_due_is_gathered_once_and_kept():
    entry()
    first = case()
    assert gather_due() == [first.pk]
    first.refresh_from_db()
    assert first.codes == ["organization_verified"]
    assert [one.code for one in read(first.findings)] == first.codes
    assert first.gathered_at is not None
    assert gather_due() == []


def test_no_more_is_gathered_than_was_asked_for():
    cases = [case() for _number in range(3)]
    assert gather_due(limit=2) == [cases[0].pk, cases[1].pk]
    assert gather_due(limit=2) == [cases[2].pk]


def test_what_was_taken_back_by_its_signer_is_looked_at_no_more_and_what_is_unconfirmed_not_yet():
    gone, early = case(), Case.objects.create(sign_on=SignOnFactory())
    entry()
    gone.sign_on.move("withdrawn", ended_at=timezone.now(), ending="signer")
    assert gather_due() == []
    gone.refresh_from_db()
    early.refresh_from_db()
    assert (gone.codes, gone.gathered_at is None, early.gathered_at) == ([], False, None)


def broken(sign_on):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


def test_what_fails_is_shown_logged_and_tried_again_an_hour_later(monkeypatch, caplog):
    one = case()
    with monkeypatch.context() as patch:
        patch.setattr(evidence, "gather", broken)
        assert gather_due() == []
    one.refresh_from_db()
    assert one.codes == ["not_gathered"]
    assert f"Evidence about sign-on {one.pk} could not be gathered" in caplog.text
    assert EMAIL not in caplog.text
    assert gather_due() == []
    Case.objects.update(gathered_at=F("gathered_at") - timedelta(hours=1, seconds=1))
    assert gather_due() == [one.pk]
    one.refresh_from_db()
    assert one.codes == []


def test_one_that_fails_holds_up_no_other(monkeypatch):
    bad, good = case(), case()
    real = evidence.gather
    monkeypatch.setattr(evidence, "gather", lambda it: broken(it) if it.pk == bad.pk else real(it))
    assert gather_due() == [good.pk]


def test_a_bounce_that_came_before_stays_as_it_was_written_down():
    one = case()
    kept = Finding("bounced_mail", {"kind": "verification", "status": "5.1.1"})
    Case.objects.update(codes=["bounced_mail"], findings=[kept.kept()])
    message()
    assert gather_due() == [one.pk]
    one.refresh_from_db()
    assert read(one.findings) == [kept]
    assert one.codes == ["bounced_mail"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(3))
def test_two_workers_at_once_gather_each_case_once(again, monkeypatch):
    numbers = {case().pk for _number in range(6)}
    seen, real = [], evidence.gather
    both, own = threading.Barrier(2), threading.local()

    def beside_the_other(sign_on):
        seen.append(sign_on.pk)
        if not hasattr(own, "began"):
            own.began = both.wait(30)
        return real(sign_on)

    monkeypatch.setattr(evidence, "gather", beside_the_other)
    one, other = together(gather_due, gather_due)
    assert sorted(one + other) == sorted(seen) == sorted(numbers)
    assert one
    assert other


@pytest.mark.django_db(transaction=True)
def test_a_case_that_somebody_holds_is_left_to_later():
    held, free = case(), case()
    with Elsewhere(lambda: Case.objects.select_for_update().get(pk=held.pk)):
        assert gather_due() == [free.pk]
    assert gather_due() == [held.pk]


@pytest.mark.django_db(transaction=True)
def test_a_bounce_that_comes_while_evidence_is_gathered_is_not_lost(monkeypatch):
    one = case()
    mail = message(state="sent", sign_on=one.sign_on)
    real = evidence.gather

    def bounce():
        try:
            bouncing.bounced(mail, permanent=True, answer="550 5.1.1 unknown")
        finally:
            connections.close_all()

    thread = threading.Thread(target=bounce)

    def meanwhile(sign_on):
        found = real(sign_on)
        thread.start()
        wait_for(lambda: somebody_waits() or not thread.is_alive(), 30, "the bounce is behind us, or written")
        return found

    monkeypatch.setattr(evidence, "gather", meanwhile)
    assert gather_due() == [one.pk]
    thread.join(10)
    one.refresh_from_db()
    assert one.codes == ["bounced_mail"]
    assert read(one.findings) == [Finding("bounced_mail", {"kind": "accepted", "status": "5.1.1"})]

"""Every act writes an entry, as the application's role; none of them holds what was typed, nor a bare digest of it."""

import json
import re
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from itertools import permutations

import pytest
from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import Revision, RevisionText
from config import privileges
from config.postgres_server import APPLICATION
from signon import importing, retention, sealing, signing, verifying
from signon.abuse import holding
from signon.abuse.guarding import Suspicion
from signon.casework import by_hand, merging, proposing
from signon.models import LedgerEntry, OrganizationDomain, OwnAnswer, SignOn
from signon.naming import names
from signon.people import presenting, seats
from signon.privacy import erasing
from signon.questions import answering, correcting, quotes
from tests.accounts import person
from tests.factories import DEMANDS, OwnQuestionFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db

MARK = "Quetzal"  # in all that anybody types, and in nothing else
TYPED = {
    "organization_name": f"{MARK} Union",
    "acronym": f"{MARK}QU",
    "country": "KE",
    "website": "https://quetzal.example",
    "representative_name": f"Asha {MARK}",
    "representative_title": f"{MARK} Director",
    "email": "asha@quetzal.example",
    "authorized": True,
    "consent_publish": True,
}
RETYPED = TYPED | {"organization_name": f"{MARK} Workers’ Union", "representative_name": f"Asha {MARK} Rao"}
LISTED, RENAMED, SAID = f"The {MARK} Workers", f"{MARK} Workers of Kenya", f"{MARK}, said in words."
DIGEST = re.compile(r"[0-9a-f]{64}")
CODE = re.compile(r"[a-z][a-z_]{0,29}")
# Digests of statements' texts and of the words of consents, which everybody may read.
PUBLIC = {"text", "before", "agreed", "agreed_before"}


@pytest.fixture(autouse=True)
def _as_the_application():
    privileges.grant(APPLICATION)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APPLICATION}")


def every_act(folder):
    """All that signers, staff and the clock do; returns the statements."""
    statement, staff = StatementFactory(), UserFactory(name=f"Staff {MARK}", email="staff@quetzal.example")
    other = accepted(organization_name=f"{MARK} Women").organization

    why = OwnQuestionFactory(statement=statement, is_quote=True, public=True)
    answers = [OwnAnswer(question=why, value=SAID)]
    sign_on = signing.sign(statement=statement, language="en", **TYPED)
    signing.sign(statement=statement, language="en", answers=answers, **RETYPED)
    sign_on.refresh_from_db()
    signing.confirm(sign_on, version=2)
    assert quotes.decide(sign_on.own_answers.get(), "accepted", by=staff)
    assert quotes.decide(sign_on.own_answers.get(), "refused", by=staff)
    corrected = OwnAnswer(question=why, value=f"{SAID} Again.")
    assert correcting.correct_answers(sign_on, [corrected])
    verifying.ask(sign_on, by=staff, words=SAID)
    assert answering.answer(sign_on, words=SAID)
    verifying.ask(sign_on, by=staff, words=SAID)
    verifying.drop_question(sign_on, by=staff)
    verifying.note(sign_on, by=staff, words=SAID)
    verifying.assign(sign_on, by=staff, to=staff)
    verifying.tell_apart(sign_on, by=staff, organization=other)
    verifying.tell_apart_no_more(sign_on, by=staff, organization=other)
    verifying.decline(sign_on, by=staff, reason=SAID)
    verifying.reopen(sign_on, by=staff, reason=SAID)
    verifying.accept(sign_on, by=staff, reason=SAID, listed_name=LISTED, record_domain=True)
    verifying.correct(sign_on, by=staff, listed_name=f"{LISTED} ({MARK})")
    sign_on.refresh_from_db()

    merge = merging.merge(other, sign_on.organization, by=staff)
    merging.undo(merge, by=staff)
    sign_on.refresh_from_db()
    verifying.correct(sign_on, by=staff, listed_name=str(sign_on.organization))
    assert merging.rename(sign_on.organization, name=RENAMED, acronym="", by=staff) == 1

    amended = RevisionText(revision=Revision.objects.create(statement=statement, number=2), language="en")
    amended.write(title="Bread & Roses for all, amended", body=DEMANDS)
    sign_on = SignOn.objects.get(pk=sign_on.pk)
    assert answering.reaffirm(sign_on, digest=amended.digest)
    assert signing.withdraw(sign_on, reason=SAID)

    ruled = StatementFactory(accepts_on_strong_evidence=True)
    assert OrganizationDomain.objects.filter(domain="quetzal.example").exists()
    again = signing.sign(statement=ruled, language="en", **TYPED | {"organization_name": RENAMED, "acronym": ""})
    signing.confirm(again, version=1)
    assert verifying.accept_on_evidence(again)
    assert verifying.undo_rule(ruled, by=staff) == 1

    stranger = signing.sign(statement=statement, language="en", **TYPED | {"email": "stranger@quetzal.example"})
    assert signing.this_was_not_me(stranger)
    late = signing.sign(statement=statement, language="en", **TYPED | {"email": "late@quetzal.example"})
    SignOn.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert retention.expire_unconfirmed() == 1

    told = TYPED | {"organization_name": f"{MARK} by hand", "email": "hand@quetzal.example", "language": "en"}
    entered = by_hand.enter(
        statement, by=staff, channel="phone", said_on=timezone.localdate(), vouched_by=f"Carla {MARK}", **told
    )
    assert by_hand.object_to(entered)

    path = folder / "list.csv"
    path.write_text(f"organization,country\n{MARK} Imported,KE\n", encoding="utf-8")
    assert importing.apply(importing.plan(statement, path), by=staff, source=SAID) == 1
    held = signing.sign(statement=statement, language="en", suspicion=Suspicion("trap"), **by_program())
    assert holding.release_one(held, by=staff)
    assert holding.quarantine(statement, Suspicion("domain", "program.example"), by=staff)[1] == 1
    change_hands_and_erase(statement, staff)
    assert sealing.seal()
    return statement, ruled


def change_hands_and_erase(statement, staff):
    """All that signers and owners ask for, and what is decided of it; at the end one of them is erased."""
    standing = accepted(statement=statement, organization_name=f"{MARK} House", email="first@house.example")
    OrganizationDomain.objects.create(organization=standing.organization, domain="house.example")
    owner = seats.claim(person("owner@house.example"), standing.organization)
    assert presenting.change(owner, presenting.Said(in_directory=True, website="https://quetzal.example"))
    assert proposing.change_language(standing, "fr")
    assert proposing.take_back(proposing.propose_name(standing, LISTED))
    assert proposing.decline(proposing.propose_name(standing, LISTED), by=staff, reason=SAID)
    assert proposing.accept(proposing.propose_name(standing, LISTED), by=staff)
    other = {"name": f"Zuri {MARK}", "title": SAID, "email": "second@house.example"}
    asked = proposing.propose_representative(standing, **other)
    assert proposing.confirm_representative(asked, language="en", updates=False)
    asked.refresh_from_db()
    assert proposing.accept(asked, by=staff)
    assert erasing.erase("second@house.example").counts["kept"] == 1


def leaves(fact):
    if isinstance(fact, dict):
        fact = [*map(int, fact), *fact.values()]
    return fact if isinstance(fact, list) else [fact]


def by_program():
    return TYPED | {"organization_name": f"{MARK} program", "email": "a@program.example"}


def rows():
    """The ledger and its seals as the database holds them."""
    found = []
    with connection.cursor() as cursor:
        for table in privileges.APPEND_ONLY:
            cursor.execute(f"SELECT to_jsonb(whole) FROM {table} AS whole")
            found += [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
    return found


def test_every_act_is_done_as_the_application_and_every_chain_is_intact(tmp_path):
    statements = every_act(tmp_path)
    assert privileges.current_role() == APPLICATION
    assert (
        set(LedgerEntry.objects.values_list("act", flat=True))
        == set(LedgerEntry.Act.values) - LedgerEntry.OF_STATEMENTS
    )
    assert [fault for statement in statements for fault in sealing.faults(statement)] == []


def test_no_word_that_was_typed_is_in_the_ledger(tmp_path):
    every_act(tmp_path)
    held = json.dumps(rows(), ensure_ascii=False).casefold()
    assert MARK.casefold() not in held
    assert "asha" not in held
    assert "@" not in held


def test_no_bare_digest_of_what_was_typed_is_in_the_ledger(tmp_path):
    every_act(tmp_path)
    held = json.dumps(rows())
    words = {*(word for word in TYPED.values() if isinstance(word, str)), *RETYPED.values(), LISTED, RENAMED, SAID}
    words = {word for word in words if isinstance(word, str)}
    words |= {names.search_key(word) for word in words} | {word.lower() for word in words}
    joined = {"\n".join(pair) for pair in permutations(words, 2)}
    joined |= {f"{each['organization_name']}\n{each['country']}\n{each['email']}" for each in (TYPED, RETYPED)}
    found = [word for word in words | joined if sha256(word.encode()).hexdigest() in held]
    assert found == []


def test_facts_are_ids_codes_and_digests(tmp_path):
    every_act(tmp_path)
    for entry in LedgerEntry.objects.all():
        for name, fact in entry.facts.items():
            for each in leaves(fact):
                told = each is None or each == "" or isinstance(each, int)
                assert told or DIGEST.fullmatch(each) or CODE.fullmatch(each), (entry.act, name, each)


def test_the_same_words_leave_other_digests_the_second_time(tmp_path):
    """Whatever a digest is made of, one that needs no salt would come again."""
    digests = Counter()
    for _time in range(2):
        with transaction.atomic():
            every_act(tmp_path)
            salted = {
                fact
                for entry in LedgerEntry.objects.all()
                for name, fact in entry.facts.items()
                if name not in PUBLIC and isinstance(fact, str) and DIGEST.fullmatch(fact)
            }
            transaction.set_rollback(True)
        assert len(salted) > 5
        digests.update(salted)
    assert set(digests.values()) == {1}


def test_what_expired_cannot_be_found_again_by_its_words():
    sign_on = signing.sign(statement=StatementFactory(), language="en", **TYPED)
    written = sign_on.ledger.get().facts["typed"]
    words = f"{sign_on.listed_name}\n{sign_on.country}\n{sign_on.email}"
    assert LedgerEntry.salted(sign_on, words) == written
    SignOn.objects.update(expires_at=timezone.now() - timedelta(days=1))
    retention.expire_unconfirmed()
    sign_on.refresh_from_db()
    assert LedgerEntry.salted(sign_on, words) != written
    assert list(sealing.faults(sign_on.statement)) == []

"""Two people, or two workers, at the same moment: real threads on real PostgreSQL, each race several times."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone

from campaigns.models import RevisionText
from signon import importing, signing, verifying
from signon.casework import merging, proposing
from signon.imports import tables
from signon.mail import dispatching, limits
from signon.models import (
    Counter,
    FactorReset,
    Import,
    LedgerEntry,
    Message,
    Organization,
    OrganizationDomain,
    SignOn,
    User,
)
from signon.people import factor_resets, seats
from signon.privacy import erasing
from signon.questions import answering
from tests.accounts import person, with_app
from tests.elsewhere import Elsewhere, together, wait_until_somebody_waits
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(4)
TYPED = {
    "organization_name": "Mujeres Unidas",
    "country": "MX",
    "representative_name": "Ana López",
    "email": "ana@mujeresunidas.example",
    "consent_publish": True,
}


def sign(statement, **changes):
    return signing.sign(statement=statement, language="en", **(TYPED | changes))


def fresh(sign_on):
    return SignOn.objects.select_related("statement", "text__revision").get(pk=sign_on.pk)


def kinds(results):
    return sorted(type(result).__name__ for result in results)


@pytest.mark.parametrize("again", ROUNDS)
def test_of_two_confirmations_at_once_one_confirms(again):
    sign_on = sign(StatementFactory())
    opened = [fresh(sign_on) for _number in range(4)]
    results = together(*[lambda each=each: signing.confirm(each, version=1) for each in opened])
    assert kinds(results) == ["CannotConfirm"] * 3 + ["NoneType"]
    assert [entry.act for entry in sign_on.ledger.all()] == ["signed", "confirmed"]


def test_a_late_confirmation_undoes_no_decision():
    sign_on = sign(StatementFactory())
    stale = fresh(sign_on)
    signing.confirm(sign_on, version=1)
    verifying.accept(sign_on, by=UserFactory())
    with pytest.raises(signing.CannotConfirm, match="used"):
        signing.confirm(stale, version=1)
    assert fresh(sign_on).state == "accepted"


@pytest.mark.parametrize("again", ROUNDS)
def test_twenty_equal_posts_are_one_sign_on_one_mail_and_one_entry(again):
    statement = StatementFactory()
    together(*[lambda: sign(type(statement).objects.get(pk=statement.pk)) for _number in range(20)])
    assert (SignOn.objects.count(), Message.objects.count(), LedgerEntry.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("again", ROUNDS)
def test_signing_again_while_confirming_makes_no_second_sign_on(again):
    sign_on = sign(StatementFactory())
    statement = sign_on.statement
    results = together(
        lambda: signing.confirm(fresh(sign_on), version=1),
        *[lambda: sign(type(statement).objects.get(pk=statement.pk)) for _number in range(3)],
    )
    assert SignOn.objects.count() == 1
    assert not [result for result in results if isinstance(result, Exception)]


def test_who_signs_while_an_editor_changes_the_text_does_not_sign_what_they_did_not_read():
    statement = StatementFactory()
    statement.text()  # read before the change

    def edit():
        RevisionText.objects.get(pk=statement.text().pk).write(title="Bread", body="Another text.")

    with Elsewhere(edit) as editor:
        signer = Elsewhere(lambda: sign(statement))
        signer.start()
        wait_until_somebody_waits()
        editor.finish.set()
        signer.finish.set()
        signer.join(30)
    assert isinstance(signer.error, signing.TextChanged)
    assert SignOn.objects.count() == 0


@pytest.mark.parametrize("again", ROUNDS)
def test_accepting_and_withdrawing_at_once_leaves_the_count_exact(again):
    sign_on = SignOnFactory(confirmed=True)
    together(lambda: verifying.accept(fresh(sign_on), by=UserFactory()), lambda: signing.withdraw(fresh(sign_on)))
    standing = SignOn.objects.public().count()
    assert Counter.objects.filter(statement=sign_on.statement).tally().organizations == standing


@pytest.mark.parametrize("again", ROUNDS)
def test_two_verifiers_of_one_new_organization_make_one_entry_and_list_it_once(again):
    statement, staff = StatementFactory(), UserFactory()
    both = [SignOnFactory(confirmed=True, statement=statement, organization_name="New One") for _number in range(2)]
    results = together(*[lambda each=each: verifying.accept(fresh(each), by=staff) for each in both])
    assert kinds(results) == ["NoneType", "StandsAlready"]
    assert (Organization.objects.count(), SignOn.objects.public().count()) == (1, 1)
    assert Counter.objects.filter(statement=statement).tally().organizations == 1


@pytest.mark.parametrize("again", ROUNDS)
def test_accept_and_decline_at_once_have_one_outcome(again):
    sign_on, staff = SignOnFactory(confirmed=True), UserFactory()
    results = together(
        lambda: verifying.accept(fresh(sign_on), by=staff),
        lambda: verifying.decline(fresh(sign_on), by=staff, reason="No."),
    )
    assert kinds(results) == ["CannotDecide", "NoneType"]
    assert sign_on.ledger.count() == sign_on.messages.count() == 1


def assert_exact():
    """Every statement's counters are what counting gives, and no double points to what does not stand."""
    for statement in {sign_on.statement for sign_on in SignOn.objects.select_related("statement")}:
        standing = SignOn.objects.public().filter(statement=statement)
        assert Counter.objects.filter(statement=statement).tally().organizations == standing.count()
        organizations = list(standing.values_list("organization", flat=True))
        assert len(organizations) == len(set(organizations))
    for double in SignOn.objects.filter(same_as__isnull=False).select_related("same_as"):
        assert (double.same_as.state, double.same_as.same_as_id) == ("accepted", None)
        assert double.same_as.organization_id == double.organization_id


@pytest.mark.parametrize("second", ["accept", "decline", "accept as new"])
def test_two_verifiers_at_one_case_fifty_times_have_one_outcome_one_entry_and_one_mail_each(second):
    staff = [UserFactory(), UserFactory()]
    statement = StatementFactory()
    for number in range(50):
        sign_on = SignOnFactory(confirmed=True, statement=statement, organization_name=f"Case {number}")
        acts = {
            "accept": lambda each: verifying.accept(each, by=staff[1]),
            "accept as new": lambda each: verifying.accept(each, by=staff[1], as_new=True, listed_name="New"),
            "decline": lambda each: verifying.decline(each, by=staff[1], refusal="not_found"),
        }
        opened = [fresh(sign_on), fresh(sign_on)]
        results = together(
            lambda opened=opened: verifying.accept(opened[0], by=staff[0]),
            lambda opened=opened, act=acts[second]: act(opened[1]),
        )
        assert kinds(results) == ["CannotDecide", "NoneType"]
        decided = fresh(sign_on)
        winner = staff[results.index(None)]
        entry, message = sign_on.ledger.get(), sign_on.messages.get()
        assert (entry.act, entry.by, decided.decided_by, message.kind) == (decided.state, winner, winner, entry.act)
        assert Organization.objects.filter(sign_ons=sign_on).count() == (decided.state == "accepted")
    assert Organization.objects.count() == SignOn.objects.public().count()
    assert_exact()


@pytest.mark.parametrize("again", ROUNDS)
def test_merging_while_somebody_accepts_leads_to_the_one_that_is_left(again):
    staff, statement = UserFactory(), StatementFactory()
    kept, merged = accepted(statement=statement).organization, accepted(statement=statement).organization
    sign_on = SignOnFactory(confirmed=True, organization_name="Another Spelling")
    results = together(
        lambda: merging.merge(kept, merged, by=staff),
        lambda: verifying.accept(fresh(sign_on), by=staff, organization=merged),
    )
    assert kinds(results) == ["Merge", "NoneType"]
    assert fresh(sign_on).organization_id == kept.pk
    assert_exact()


def test_who_chose_an_entry_before_it_was_merged_accepts_as_the_one_that_is_left():
    staff, sign_on = UserFactory(), SignOnFactory(confirmed=True)
    kept, merged = accepted().organization, accepted().organization
    chosen = Organization.objects.select_related("merged_into").get(pk=merged.pk)
    with Elsewhere(lambda: merging.merge(kept, merged, by=staff)) as merger:
        accepting = Elsewhere(lambda: verifying.accept(fresh(sign_on), by=staff, organization=chosen))
        accepting.start()
        wait_until_somebody_waits()
        merger.finish.set()
        accepting.finish.set()
        accepting.join(30)
    assert accepting.error is None
    assert fresh(sign_on).organization_id == kept.pk


@pytest.mark.parametrize("leaving", [0, 1])
@pytest.mark.parametrize("again", ROUNDS)
def test_merging_while_a_signer_withdraws_leaves_counts_exact_and_nobody_forgotten(again, leaving):
    statement, staff = StatementFactory(), UserFactory()
    both = [accepted(statement=statement, country=country) for country in ("KE", "UG")]
    results = together(
        lambda: merging.merge(both[0].organization, both[1].organization, by=staff),
        lambda: signing.withdraw(fresh(both[leaving])),
    )
    assert kinds(results) == ["Merge", "bool"]
    assert list(SignOn.objects.public()) == [both[1 - leaving]]
    assert_exact()


@pytest.mark.parametrize("again", ROUNDS)
def test_undoing_a_merge_while_both_withdraw_leaves_counts_exact(again):
    statement, staff = StatementFactory(), UserFactory()
    three = [accepted(statement=statement) for _number in range(3)]
    done = merging.merge(three[2].organization, three[0].organization, by=staff)
    merging.merge(three[2].organization, three[1].organization, by=staff)
    results = together(
        lambda: merging.undo(done, by=staff),
        *[lambda each=each: signing.withdraw(fresh(each)) for each in three[:2]],
    )
    assert results == [None, True, True]
    assert list(SignOn.objects.public()) == [three[2]]
    assert_exact()


@pytest.mark.parametrize("again", ROUNDS)
def test_two_merges_at_once_make_one_of_two_or_a_chain_and_never_a_circle(again):
    staff, statement = UserFactory(), StatementFactory()
    first, second = (accepted(statement=statement).organization for _number in range(2))
    results = together(lambda: merging.merge(first, second, by=staff), lambda: merging.merge(second, first, by=staff))
    assert kinds(results) == ["CannotMerge", "Merge"]
    assert SignOn.objects.public().count() == 1
    assert_exact()


@pytest.mark.parametrize("again", range(8))
def test_heads_that_leave_at_once_from_crossed_places_wait_for_nobody_in_a_circle(again):
    """One goes from Kenya's row to Uganda's, the other the opposite way: each holds what the other wants."""
    statement, staff = StatementFactory(), UserFactory()
    heads = []
    for countries in [("KE", "UG"), ("UG", "KE")] * 3:
        head, double = (accepted(statement=statement, country=country) for country in countries)
        merging.merge(head.organization, double.organization, by=staff)
        heads.append(head)
    results = together(*[lambda each=each: signing.withdraw(fresh(each)) for each in heads])
    assert results == [True] * 6
    assert SignOn.objects.public().count() == 6
    assert_exact()


@pytest.mark.parametrize("again", range(8))
def test_undoing_a_rule_while_its_signatories_withdraw_waits_for_nobody_in_a_circle(again):
    statement, staff = StatementFactory(accepts_on_strong_evidence=True), UserFactory()
    stand = [accepted(statement=statement) for _number in range(8)]
    SignOn.objects.update(decided_by=User.objects.rule())
    results = together(
        lambda: verifying.undo_rule(statement, by=staff),
        *[lambda each=each: signing.withdraw(fresh(each)) for each in reversed(stand)],
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert SignOn.objects.public().count() == 0
    assert_exact()


def test_a_rule_that_is_undone_accepts_nothing_more_even_what_it_looked_at_before():
    statement, staff = StatementFactory(accepts_on_strong_evidence=True), UserFactory()
    known = SignOnFactory(confirmed=True, organization_name="TWN", email="a@twn.example")
    verifying.accept(known, by=staff, record_domain=True)
    sign_on = SignOnFactory(confirmed=True, statement=statement, organization_name="TWN", email="b@twn.example")
    decided = []
    with Elsewhere(lambda: verifying.undo_rule(statement, by=staff)) as undoing:
        accepting = Elsewhere(lambda: decided.append(verifying.accept_on_evidence(fresh(sign_on))))
        accepting.start()
        wait_until_somebody_waits()
        undoing.finish.set()
        accepting.finish.set()
        accepting.join(30)
    assert (accepting.error, decided, fresh(sign_on).state) == (None, [False], "confirmed")


def test_the_rule_waits_for_a_question_that_is_being_asked():
    statement, staff = StatementFactory(accepts_on_strong_evidence=True), UserFactory()
    known = SignOnFactory(confirmed=True, organization_name="TWN", email="a@twn.example")
    verifying.accept(known, by=staff, record_domain=True)
    sign_on = SignOnFactory(confirmed=True, statement=statement, organization_name="TWN", email="b@twn.example")
    decided = []
    with Elsewhere(lambda: verifying.ask(fresh(sign_on), by=staff, words="Who?")) as asking:
        accepting = Elsewhere(lambda: decided.append(verifying.accept_on_evidence(fresh(sign_on))))
        accepting.start()
        wait_until_somebody_waits()
        asking.finish.set()
        accepting.finish.set()
        accepting.join(30)
    assert (accepting.error, decided) == (None, [False])
    assert (fresh(sign_on).state, fresh(sign_on).open_question is None) == ("confirmed", False)


@pytest.mark.parametrize("again", ROUNDS)
def test_whatever_colleagues_do_beside_a_decision_at_once_is_all_written(again):
    staff = [UserFactory() for _number in range(3)]
    entry, sign_on = accepted().organization, SignOnFactory(confirmed=True)
    results = together(
        *[lambda each=each: verifying.note(fresh(sign_on), by=each, words="Known.") and None for each in staff],
        *[lambda each=each: verifying.assign(fresh(sign_on), by=each, to=each) for each in staff],
        lambda: verifying.tell_apart(fresh(sign_on), by=staff[0], organization=entry),
    )
    assert results == [None] * 7
    assert [made.number for made in sign_on.ledger.all()] == list(range(1, 8))


@pytest.mark.parametrize("again", ROUNDS)
def test_an_answer_and_a_question_taken_back_at_once_have_one_outcome(again):
    sign_on, staff = SignOnFactory(confirmed=True), UserFactory()
    verifying.ask(sign_on, by=staff, words="Who?")
    results = together(
        lambda: answering.answer(fresh(sign_on), words="We."),
        lambda: verifying.drop_question(fresh(sign_on), by=staff),
    )
    question = sign_on.questions.get()
    assert kinds(results) in (["NoneType", "bool"], ["CannotDecide", "bool"])
    assert (question.answered_at is None) != (question.dropped_at is None)
    assert sign_on.notes.count() == (question.answered_at is not None)
    assert sign_on.ledger.count() == 2


@pytest.mark.parametrize("again", ROUNDS)
def test_an_answer_and_a_decision_at_once_lose_neither(again):
    sign_on, staff = SignOnFactory(confirmed=True), UserFactory()
    verifying.ask(sign_on, by=staff, words="Who?")
    results = together(
        lambda: answering.answer(fresh(sign_on), words="We."), lambda: verifying.accept(fresh(sign_on), by=staff)
    )
    question = sign_on.questions.get()
    assert results in ([True, None], [False, None])
    assert (question.answered_at is not None) == results[0]
    assert (fresh(sign_on).state, fresh(sign_on).open_question) == ("accepted", None)


@pytest.mark.parametrize("again", ROUNDS)
def test_taking_back_and_accepting_the_same_organization_at_once_loses_neither(again):
    staff = UserFactory()
    first = accepted(organization_name="Shared One")
    second = SignOnFactory(confirmed=True, organization_name="Shared One")
    results = together(
        lambda: verifying.reopen(fresh(first), by=staff), lambda: verifying.accept(fresh(second), by=staff)
    )
    assert results == [None, None]
    assert fresh(second).organization is not None


def test_many_accepted_at_once_are_counted_exactly():
    statement, staff = StatementFactory(), UserFactory()
    waiting = [SignOnFactory(confirmed=True, statement=statement) for _number in range(12)]
    results = together(*[lambda each=each: verifying.accept(fresh(each), by=staff) for each in waiting])
    assert results == [None] * 12
    assert Counter.objects.filter(statement=statement).tally().organizations == 12


def test_two_workers_never_wait_for_each_other_s_claim():
    for number in range(4):
        sign(StatementFactory(), email=f"ana{number}@mujeresunidas.example")
    first = []
    with Elsewhere(lambda: first.extend(dispatching.claim(limit=2))):
        # The first claim is not committed; a claim that waited for it would end by its lock's time-out.
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        second = dispatching.claim(limit=10)
    assert (len(first), len(second)) == (2, 2)
    assert not {message.pk for message in first} & {message.pk for message in second}


@pytest.mark.parametrize("again", ROUNDS)
def test_many_workers_claim_each_message_once(again):
    for number in range(10):
        sign(StatementFactory(), email=f"ana{number}@mujeresunidas.example")
    claimed = together(*[lambda: dispatching.claim(limit=3) for _number in range(6)])
    numbers = [message.pk for batch in claimed for message in batch]
    assert len(numbers) == len(set(numbers)) == 10


def test_the_limit_of_a_mailbox_holds_for_posts_at_once():
    statements = [StatementFactory() for _number in range(12)]
    together(*[lambda each=each: sign(each) for each in statements])
    assert SignOn.objects.count() == 12
    assert Message.objects.count() == limits.MOST_AN_HOUR


def test_signers_wait_for_no_import():
    """An import's transaction stands open, all it inserts written; somebody signs the same statement meanwhile."""
    statement, by = StatementFactory(), UserFactory()
    accepted(statement=statement, organization_name="Somebody", country="KE")
    table = tables.read_text("name\tcountry\nTebtebba\tKenya\nFemnet\tKenya\n")
    chosen = importing.keep(importing.plan(statement, table), by=by, source="A list")

    def hold_the_count():
        list(Counter.objects.select_for_update().filter(statement=statement))

    with ThreadPoolExecutor(1) as pool, Elsewhere(hold_the_count) as other:
        imports = pool.submit(together, lambda: importing.carry_out(chosen, by=by))
        wait_until_somebody_waits()  # the import, at its last act: the count
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '2s'")
        sign_on = sign(type(statement).objects.get(pk=statement.pk), country="KE")
        signing.confirm(sign_on, version=1)
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
        assert SignOn.objects.filter(came_with=chosen).count() == 0
        other.finish.set()
        assert imports.result(30) == [2]
    assert SignOn.objects.filter(came_with=chosen).count() == 2


@pytest.mark.parametrize("again", ROUNDS)
def test_of_two_who_import_the_same_at_once_one_does(again):
    statement, by = StatementFactory(), UserFactory()
    table = tables.read_text("name\tcountry\nTebtebba\tKenya\nFemnet\tKenya\n")
    chosen = importing.keep(importing.plan(statement, table), by=by, source="A list")
    results = together(*[lambda: importing.carry_out(Import.objects.get(pk=chosen.pk), by=by) for _number in range(3)])
    assert kinds(results) == ["CannotImport", "CannotImport", "int"]
    assert SignOn.objects.count() == 2


@pytest.mark.parametrize("again", ROUNDS)
def test_an_import_and_an_acceptance_of_one_organization_at_once_make_one_entry(again):
    statement, by = StatementFactory(), UserFactory()
    sign_on = sign(statement, country="KE", organization_name="Tebtebba")
    signing.confirm(sign_on, version=1)
    table = tables.read_text("name\tcountry\nTebtebba\tKenya\nFemnet\tKenya\n")
    chosen = importing.keep(importing.plan(statement, table), by=by, source="A list")
    together(
        lambda: importing.carry_out(Import.objects.get(pk=chosen.pk), by=by),
        lambda: verifying.accept(fresh(sign_on), by=by),
    )
    assert Organization.objects.filter(name="Tebtebba").count() == 1
    assert SignOn.objects.public().filter(statement=statement, organization__name="Tebtebba").count() == 1
    assert Counter.objects.filter(statement=statement).tally().organizations == 2


@pytest.mark.parametrize("again", ROUNDS)
def test_of_two_who_ask_for_the_same_lost_factor_at_once_one_does(again):
    owner, chiefs = with_app(person(f"owner{again}@network.example")), [UserFactory(), UserFactory()]
    results = together(*(lambda by=by: factor_resets.ask(owner, by=by, why="Lost") for by in chiefs))
    assert kinds(results) == ["FactorReset", "Waits"]


@pytest.mark.parametrize("again", ROUNDS)
def test_a_reset_is_stopped_or_carried_out_and_never_both(again):
    owner = with_app(person(f"owner{again}@network.example"))
    reset = factor_resets.ask(owner, by=UserFactory(), why="Lost")
    FactorReset.objects.filter(pk=reset.pk).update(due_at=timezone.now())
    stopped, done = together(lambda: factor_resets.stop(reset), factor_resets.carry_out_due)
    assert (bool(stopped), done) in ((True, 0), (False, 1))
    assert Authenticator.objects.filter(user=owner).exists() == stopped


@pytest.mark.parametrize("again", ROUNDS)
def test_of_two_who_claim_an_organization_at_once_one_is_its_owner(again):
    organization = accepted(organization_name=f"Kituo {again}").organization
    OrganizationDomain.objects.create(organization=organization, domain="kituo.example")
    people = [person(f"{name}{again}@kituo.example") for name in ("ana", "omar")]
    together(*(lambda user=user: seats.claim(user, organization) for user in people))
    assert sorted(seats.of(organization).values_list("role", flat=True)) == ["owner", "representative"]


@pytest.mark.parametrize("again", ROUNDS)
def test_who_is_erased_while_they_take_a_sign_on_over_stands_nowhere(again, settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"
    sign_on = SignOnFactory(confirmed=True, email="asha@bread.example")
    asked = proposing.propose_representative(sign_on, name="Carla Neto", title="", email="carla@private.example")
    results = together(
        lambda: proposing.confirm_representative(asked, language="en", updates=False),
        lambda: erasing.erase("carla@private.example"),
    )
    assert [each for each in results if isinstance(each, Exception)] == []
    sign_on.refresh_from_db()
    assert "Carla" not in sign_on.representative_name
    assert sign_on.email != "carla@private.example"
    assert not sign_on.proposals.exclude(email="").exists()


@pytest.mark.parametrize("again", ROUNDS)
def test_who_is_accepted_while_they_are_erased_is_listed_nowhere(again, settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"
    own = SignOnFactory(confirmed=True, individual=True, email="carla@private.example")
    by, stale = UserFactory(staff=True), fresh(own)
    together(lambda: verifying.accept(stale, by=by), lambda: erasing.erase("carla@private.example"))
    own.refresh_from_db()
    assert (own.state, own.listed_name, own.email) == ("withdrawn", "", "")


def test_an_erasure_waits_for_the_hand_over_to_its_address(settings, tmp_path):
    """Nothing is read before the other transaction ended: it holds the mailbox."""
    settings.ERASURES_FILE = tmp_path / "erasures"
    sign_on = SignOnFactory(confirmed=True, email="asha@bread.example")
    asked = proposing.propose_representative(sign_on, name="Carla Neto", title="", email="carla@private.example")
    erased = Elsewhere(lambda: erasing.erase("carla@private.example"))
    with Elsewhere(lambda: proposing.confirm_representative(asked, language="en", updates=False)):
        erased.start()
        wait_until_somebody_waits()
        assert not erased.done.is_set()
    assert erased.done.wait(30)
    erased.finish.set()
    erased.join(30)
    assert erased.error is None
    sign_on.refresh_from_db()
    assert (sign_on.email, sign_on.state) == ("", "withdrawn")

"""What staff do with a sign-on: decide, take back, correct, ask, note, assign, tell apart, take a case.

Each act is one transaction: a guarded move, an entry in the ledger, and the mail that tells of it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.casework import decisions, directory, doubles, evidence, known, merging
from signon.casework.decisions import CannotDecide, StandsAlready, record, tell
from signon.models import Case, Distinction, LedgerEntry, Message, Note, Organization, Question, SignOn, User

__all__ = ["CannotDecide", "StandsAlready"]
State, Act, Kind = SignOn.State, LedgerEntry.Act, Message.Kind

# Who opens a case has it for so long; each look at it begins the time anew.
TAKEN_FOR = timedelta(minutes=3)


# Decisions


def accept(
    sign_on: SignOn,
    *,
    by: User,
    reason: str = "",
    organization: Organization | None = None,
    as_new: bool = False,
    listed_name: str = "",
    record_domain: bool = False,
) -> None:
    """List and count a confirmed sign-on, and make or find its organization in the directory.

    Without `organization` it is the one that evidence.known_organization finds, else, or where `as_new` says so, a new
    one. `listed_name` corrects how it is listed, and the signer's mail says so. `record_domain` keeps the address's
    domain as the organization's own, unless it is a mail provider's. Raises CannotDecide, or StandsAlready when it
    would stand twice on the statement; then nothing changed.
    """
    with transaction.atomic():
        directory.hold_directory()
        entry = organization or (None if as_new else evidence.known_organization(sign_on))
        decisions.accept(
            sign_on, by=by, reason=reason, entry=entry, listed_name=listed_name, record_domain=record_domain
        )


def accept_on_evidence(sign_on: SignOn) -> bool:
    """Accept without a person what its statement's rule allows, looked at anew; returns whether it did.

    Strong is what evidence.is_strong calls so: staff verified the organization and recorded the domain before.
    """
    rule = User.objects.rule()
    with transaction.atomic():
        directory.hold_directory()
        fresh = decisions.hold(sign_on)
        if not fresh.statement.accepts_on_strong_evidence or fresh.open_question or fresh.hold_id:
            return False
        if fresh.proposals.open().exists():
            return False
        found, known = evidence.gather(fresh), evidence.known_organization(fresh)
        if known is None or not evidence.is_strong(fresh, found):
            return False
        codes = sorted(finding.code for finding in found)
        try:
            decisions.accept(sign_on, by=rule, entry=known, rule="strong_evidence", codes=codes)
        except (CannotDecide, StandsAlready):
            return False
    return True


@transaction.atomic
def decline(sign_on: SignOn, *, by: User, reason: str = "", refusal: str = SignOn.Refusal.OTHER) -> None:
    """Refuse a confirmed sign-on; the signer gets `refusal` in their language and `reason` as it is, by mail.

    Raises CannotDecide, and ValueError where `refusal` is "other" and no words say why.
    """
    if refusal not in SignOn.Refusal.values or (refusal == SignOn.Refusal.OTHER and not reason.strip()):
        raise ValueError("A refusal has a reason.")
    if not sign_on.move(State.DECLINED, refusal=refusal, **decisions.decided(by, reason)):
        raise CannotDecide
    decisions.drop_question(sign_on)
    record(sign_on, Act.DECLINED, by, reason, refusal=refusal)
    tell(sign_on, Kind.DECLINED)


@transaction.atomic
def reopen(sign_on: SignOn, *, by: User, reason: str = "") -> None:
    """Take a decision back: the sign-on is confirmed again, neither listed nor counted, and its mail is not sent.

    What the decision put into the directory, and nothing else uses, goes with it; `reason` stays as a note. Raises
    CannotDecide.
    """
    directory.hold_directory()
    change = _take_back(sign_on, by, reason)
    if reason.strip():
        Note.objects.create(sign_on=sign_on, by=by, words=reason.strip())
    change.count()


def _take_back(sign_on: SignOn, by: User, reason: str) -> doubles.Change:
    """The same without counting; the caller holds the directory."""
    before = decisions.hold(sign_on)
    undecided = {"same_as": None, **decisions.UNDECIDED, **SignOn.listed_as(before.name_as_typed, before.listing)}
    if not sign_on.move_from([State.ACCEPTED, State.DECLINED], State.CONFIRMED, **undecided):
        raise CannotDecide
    told = [Kind.ACCEPTED, Kind.DECLINED, Kind.CORRECTED, Kind.NOTICE]
    mailing.cancel(sign_on.messages.filter(kind__in=told))
    record(sign_on, Act.REOPENED, by, reason)
    if before.state != State.ACCEPTED:
        return doubles.Change()
    decisions.forget(sign_on, before.organization)
    return doubles.left(sign_on, stood_for=before.same_as)


@transaction.atomic
def undo_rule(statement: Statement, *, by: User) -> int:
    """Switch the statement's rule off and take back all that it accepted, in one act; returns how many.

    What staff decided themselves since then stays.
    """
    directory.hold_directory()
    Statement.objects.filter(pk=statement.pk).update(accepts_on_strong_evidence=False)
    ruled = SignOn.objects.filter(statement=statement, state=State.ACCEPTED, decided_by=User.objects.rule())
    locked = list(ruled.select_for_update(of=["self"], no_key=True).order_by("pk"))
    change = doubles.Change()
    for sign_on in locked:
        change += _take_back(sign_on, by, "The statement’s rule was undone.")
    change.count()
    return len(locked)


@transaction.atomic
def correct(sign_on: SignOn, *, by: User, listed_name: str) -> None:
    """List a signatory under another name from now on, and tell the signer; raises CannotDecide.

    What was delivered stays as it was delivered.
    """
    decisions.list_as(sign_on, listed_name, by=by)


# Beside the decision


@transaction.atomic
def ask(sign_on: SignOn, *, by: User, words: str) -> Question:
    """Ask the representative of a confirmed sign-on, by a mail whose link leads to a page for the answer.

    The case is on hold until the answer is there. Raises CannotDecide, also where a question is open already.
    """
    locked = decisions.hold(sign_on)
    if locked.state != State.CONFIRMED or locked.open_question or not locked.email or not words.strip():
        raise CannotDecide
    question = Question.objects.create(sign_on=sign_on, by=by, words=words.strip())
    record(sign_on, Act.ASKED, by, words, question=question.pk)
    tell(sign_on, Kind.QUESTION)
    return question


@transaction.atomic
def drop_question(sign_on: SignOn, *, by: User) -> None:
    """Take the open question back: its mail is not sent any more, its page says so. Raises CannotDecide."""
    decisions.hold(sign_on)
    if not decisions.drop_question(sign_on):
        raise CannotDecide
    record(sign_on, Act.QUESTION_DROPPED, by, "")


@transaction.atomic
def note(sign_on: SignOn, *, by: User, words: str) -> Note:
    """Write something down beside a case, for colleagues alone."""
    decisions.hold(sign_on)
    written = Note.objects.create(sign_on=sign_on, by=by, words=words.strip())
    record(sign_on, Act.NOTED, by, words, note=written.pk)
    return written


@transaction.atomic
def assign(sign_on: SignOn, *, by: User, to: User | None) -> None:
    """Say whose case it is; None: nobody's in particular."""
    decisions.hold(sign_on)
    Case.objects.update_or_create(sign_on=sign_on, defaults={"assigned_to": to})
    record(sign_on, Act.ASSIGNED, by, "", to=to and to.pk)


@transaction.atomic
def tell_apart(sign_on: SignOn, *, by: User, organization: Organization) -> None:
    """Say that this sign-on's organization is another one than `organization`, for all sign-ons of that name."""
    decisions.hold(sign_on)
    _distinction, made = Distinction.objects.get_or_create(
        organization=organization, search_key=decisions.typed_key(sign_on), country=sign_on.country, defaults={"by": by}
    )
    if made:
        record(sign_on, Act.TOLD_APART, by, "", organization=organization.pk)


@transaction.atomic
def tell_apart_no_more(sign_on: SignOn, *, by: User, organization: Organization) -> None:
    """Undo `tell_apart`, and merging.tell_apart of the entries of that name; raises CannotDecide where neither was."""
    locked = decisions.hold(sign_on)
    told = known.told_apart(locked).filter(organization=organization).delete()[0]
    own = {*known.under(locked).entries, *filter(None, [locked.organization])}
    if not any([told, *(merging.tell_apart_no_more(entry, organization) for entry in own)]):
        raise CannotDecide
    record(sign_on, Act.TOLD_APART_NO_MORE, by, "", organization=organization.pk)


def take(sign_on: SignOn, *, by: User) -> User | None:
    """Open a case for oneself for a few minutes; returns who has it instead, None where it is one's own now.

    A courtesy between colleagues: what settles a race is the decision's own guarded UPDATE.
    """
    now = timezone.now()
    Case.objects.bulk_create([Case(sign_on=sign_on)], ignore_conflicts=True)
    free = Q(taken_by=None) | Q(taken_by=by) | Q(taken_until__lt=now)
    if Case.objects.filter(free, pk=sign_on.pk).update(taken_by=by, taken_until=now + TAKEN_FOR):
        return None
    return Case.objects.select_related("taken_by").get(pk=sign_on.pk).taken_by


def release(sign_on: SignOn, *, by: User) -> None:
    """Give a case back before its time is over."""
    Case.objects.filter(pk=sign_on.pk, taken_by=by).update(taken_by=None, taken_until=None)

"""Erasure of all that is held of one address, at its owner's wish, in one transaction; and again after a restore.

What stays, and why: docs/decisions/0073-what-an-erasure-leaves.md.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from signon import jobs, letter, mailing, retention, signing
from signon.casework import attaching
from signon.events import registering
from signon.mail import limits, sources
from signon.models import (
    Announcement,
    Case,
    Comment,
    Convener,
    Erasure,
    HandEntry,
    Import,
    Invitation,
    Job,
    LateLink,
    LedgerEntry,
    LetterPack,
    Message,
    Note,
    Objection,
    OwnAnswer,
    Proposal,
    Question,
    Registration,
    Seat,
    SignOn,
    Suppression,
    User,
)
from signon.models.public_id import new_public_id
from signon.models.sign_on import new_key
from signon.people import seats
from signon.privacy import erasures_file, hash_key, held, in_lists, outcomes, traces

State, Act, Reason = SignOn.State, LedgerEntry.Act, Suppression.Reason


def delivered(sign_ons: list[SignOn]) -> QuerySet[LetterPack]:
    """The letters that were handed over and name these people: they stay as they were."""
    people = Q(sign_ons__overlap=[each.pk for each in sign_ons if each.is_individual])
    signed = Q(sign_ons__overlap=[each.pk for each in sign_ons], with_representatives=True)
    return LetterPack.objects.delivered().filter(people | signed).exclude(manifest="")


@transaction.atomic
def erase(address: str, *, at: datetime | None = None, digest: str = "") -> Erasure:
    """Erase what is held of an address, which is clean; returns the record, which does not hold it.

    Staff accounts stay, and what was mailed to them. Where it is done again after a restore, `at` is when it was
    asked for, and `digest` what was written down then, under the key of then. Safe to run twice. Raises
    hash_key.AnotherKey.
    """
    hash_key.demand()
    _hold(address)
    rows = {each.model: list(found) for each, found in held.of(address)}
    outcome = outcomes.of(address)
    own, people = outcome.own, outcome.people
    individuals = [each for each in own if each.is_individual and each.confirmed_at]
    names = {each.representative_name for each in individuals if len(each.representative_name) > 3}
    mail = _mail(address, people)
    counts: Counter[str] = Counter()

    counts["registrations"] = _registrations(rows[Registration])
    counts["invitations"] = retention.forget_invitations(Invitation.objects.filter(email__iexact=address))
    counts["conveners"] = _conveners(rows[Convener])
    counts["late_links"] = _late_links(rows[LateLink])
    counts["proposals"] = Proposal.objects.filter(pk__in=[each.pk for each in rows[Proposal]]).delete()[0]
    counts["import_rows"] = in_lists.forget(
        address, held.import_rows(address), {each.representative_name for each in own}
    )
    counts["objections"] = Objection.objects.filter(pk__in=[each.pk for each in rows[Objection]]).delete()[0]
    counts["accounts"] = _accounts(outcome)
    ended = Suppression.objects.filter(mailbox__in=[each.mailbox for each in rows[Suppression]])
    ended.filter(Q(reason=Reason.BOUNCED) | Q(lifted_at__isnull=False)).delete()
    traces.forget_in_log([row for found in rows.values() for row in found], names, address)
    # Signatures last: counters change as the last of a transaction, and in one order of statements.
    for sign_on in sorted([*own, *outcome.alone], key=lambda each: (each.statement_id, each.pk)):
        stays = bool(outcome.why.get(sign_on.pk))
        counts["kept" if stays else "withdrawn"] += 1
        _signature(sign_on, stays=stays)
    counts["messages"] = _messages(mail | _mail(address, people))
    counts["files"] = traces.drop_exports(own, {r.event_id for r in rows[Registration]})
    counts["files"] += _letters(own)
    traces.blot(address)

    told = {code: number for code, number in counts.items() if number}
    done, _made = Erasure.objects.get_or_create(
        digest=digest or held.digest(address), at=at or timezone.now(), defaults={"counts": told}
    )
    transaction.on_commit(erasures_file.write_down)
    return done


def _hold(address: str) -> None:
    """All that mail to the address is composed from, in the order of signon.mail.sources, until the transaction's end.

    What is decided, confirmed, handed over or composed at this moment is read as it became, or waits.
    """
    limits.hold_mailbox(address)
    # A list whose rows come in at this moment is waited for, then what came of them is found.
    list(sources.hold(Import.objects.filter(pk__in=held.import_rows(address).values("of"))))
    list(sources.hold(held.import_rows(address)))
    for number in sorted(outcomes.organizations(address)):
        _hold_organization(number)
    for number in sorted(set(Registration.objects.at_address(address).values_list("event_id", flat=True))):
        registering.hold_event(number)
    alone = [each.pk for each in outcomes.of(address).alone]
    for model in sources.KINDS:
        own = held.rows_of(model, address)
        if model is SignOn:
            own = SignOn.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=alone))
        list(sources.hold(own))


def _hold_organization(number: int) -> None:
    """Until the transaction's end no other erasure looks who acts for this organization; nobody else waits.

    Of two who alone act for it the second sees that the first is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"signon.erasure:{number}"])


def _signature(sign_on: SignOn, *, stays: bool) -> None:
    """Blank who signed, and end the signature where it does not stand without them."""
    leaves = not stays
    was_listed = sign_on.organization is not None
    if leaves and State.WITHDRAWN in sign_on.may_become:
        signing.withdraw(sign_on)
    said = OwnAnswer.objects.filter(sign_on=sign_on)
    (said if leaves else said.filter(question__public=False)).delete()
    if not leaves and len(sign_on.representative_name) > 3:
        said.filter(value__icontains=sign_on.representative_name).delete()
    Note.objects.filter(sign_on=sign_on).delete()
    Question.objects.filter(sign_on=sign_on).delete()
    Case.objects.filter(sign_on=sign_on).update(findings=[], codes=[])
    HandEntry.objects.filter(sign_on=sign_on).update(vouched_by="", erased_at=timezone.now())
    attaching.remove(sign_on.attachments.all())
    Announcement.objects.filter(sign_on=sign_on).update(answer="", history=[])
    blank: dict[str, Any] = dict.fromkeys(SignOn.PERSONAL_DATA, "")
    if sign_on.refusal == SignOn.Refusal.OTHER:
        blank["decision_reason"] = SignOn.REASON_ERASED
    if sign_on.is_individual or not was_listed:  # else the directory's entry has these words, which are not a person's
        blank |= dict.fromkeys(["organization_name", "acronym", "website", "source_note"], "")
        blank |= {"listed_name": "", "search_key": "", "sort_key": ""}
    if leaves:  # who kept the public list finds it nowhere any more
        blank["public_id"] = new_public_id()
    SignOn.objects.filter(pk=sign_on.pk).update(**blank, link_key=new_key(), ledger_salt=new_key())
    LedgerEntry.objects.append(sign_on, Act.ERASED, withdrawn=leaves)


def _registrations(found: list[Registration]) -> int:
    """A place that was held is somebody else's; events in one order, each under its lock."""
    for each in sorted(found, key=lambda one: one.event_id):
        registering.cancel(each)
        blank = dict.fromkeys(Registration.PERSONAL_DATA, "")
        Registration.objects.filter(pk=each.pk).update(**blank, link_key=new_key(), erased_at=timezone.now())
    return len(found)


def _conveners(found: list[Convener]) -> int:
    Comment.objects.filter(convener__in=found).update(words="", answer="")
    for each in found:
        Convener.objects.filter(pk=each.pk).update(email="", contact_name="", link_key=new_key())
    return len(found)


def _late_links(found: list[LateLink]) -> int:
    for each in found:
        LateLink.objects.filter(pk=each.pk).update(name="", email="", link_key=new_key())
    return len(found)


def _accounts(outcome: outcomes.Outcome) -> int:
    """The account, its factors, devices and seats. Its row stays without a word: what it did points there.

    An account that has the address beside its main one stays, and what it acts for, under another of its addresses.
    """
    address, people = outcome.address, outcome.people
    Seat.objects.filter(pk__in=[seat.pk for seat in outcome.ending]).delete()
    EmailAddress.objects.filter(email__iexact=address).exclude(user__is_staff=True).delete()
    for seat in outcome.moving:
        if seat.user:
            another = seats.best_address(seat.user, seats.current(seat))
            Seat.objects.filter(pk=seat.pk).update(email=another)
    traces.end_sessions(address, people)
    for model in (EmailAddress, Authenticator, SocialAccount, UserSession):
        model.objects.filter(user__in=people).delete()
    Proposal.objects.open().filter(by__in=people).update(state=Proposal.State.ENDED, link_key=new_key())
    for user in people:
        user.memberships.all().delete()
        user.groups.clear()
        user.set_unusable_password()
        user.email, user.name, user.is_active, user.last_login = user.address_once_erased(), "", False, None
        user.save()
    return len(people)


def _mail(address: str, people: list[User]) -> set[int]:
    """All that was mailed to them, but to an account of staff; behind `_hold` none is on its way that is not found."""
    mail = held.messages(address) | Message.objects.filter(user__in=people)
    of_staff = held.accounts(address).filter(is_staff=True)
    return set(mail.exclude(user__in=of_staff).values_list("pk", flat=True))


def _messages(numbers: set[int]) -> int:
    """That it was mailed, and when, stays; not to whom, nor what a server said of it. What waits is canceled."""
    found = Message.objects.filter(pk__in=numbers)
    mailing.cancel(found)
    for message in found:
        history = [[state, moment, ""] for state, moment, _answer in message.history]
        Message.objects.filter(pk=message.pk).update(
            history=history, to_address=Message.ERASED, mailbox="", answer="", subject="", body=""
        )
    keyed = found.filter(kind__in=held.CAUSED) | found.filter(mailing__isnull=False)
    for pk in keyed.values_list("pk", flat=True):  # these occasions are named by the mailbox
        Message.objects.filter(pk=pk).update(key=f"erased:{pk}")
    return len(numbers)


def _letters(sign_ons: list[SignOn]) -> int:
    """Letters that name them and were not handed over are taken away; what is being made is made anew."""
    gone = 0
    for sign_on in sign_ons:
        for pack in LetterPack.objects.holding(sign_on).light():
            named = sign_on.is_individual or pack.with_representatives
            if pack.state == LetterPack.State.ORDERED:
                open_jobs = Job.objects.filter(kind=Job.Kind.PACK, subject=pack.pk, state__in=["waiting", "running"])
                for job in open_jobs:
                    jobs.begin_again(job)
            elif pack.state == LetterPack.State.MADE and named:
                gone += letter.forget(pack, by=User.objects.themselves())
    return gone


# After a restore


def repeat(written: list[tuple[str, datetime]]) -> int:
    """Erase again what was erased after the backup that was restored; `written` is what stands in ERASURES_FILE.

    What the database itself knows of is done. Returns how many addresses were found and erased. Raises
    hash_key.AnotherKey.
    """
    hash_key.demand()
    known = set(Erasure.objects.values_list("digest", "at"))
    wanted: dict[str, datetime] = {}
    for digest, at in written:
        if (digest, at) not in known:
            wanted[digest] = max(at, wanted.get(digest, at))
    if not wanted:
        return 0
    found = 0
    for address in sorted(held.all_addresses() | in_lists.addresses()):
        for digest in held.digests(address) & wanted.keys():
            erase(address, at=wanted[digest], digest=digest)
            found += 1
    return found

"""Seals over the ledger, and the search for what was changed, removed or put in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone

from campaigns.models import Statement
from signon.models import LedgerEntry, Seal, SealedEntry, SignOn
from signon.models.seal import Covered, digest_of_seal

# So many entries are covered by one seal; more wait for the next.
MOST_IN_A_SEAL = 20_000
# An entry that commits later than this after it was written would never be sealed; no request lives so long.
LONGEST_TRANSACTION = timedelta(hours=1)


def seal() -> Seal | None:
    """Cover every entry that no seal covers yet; None where there is none.

    What commits while this runs goes into the next seal. One at a time: a lock that no signer asks for.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('signon.seal', 0))")
        last = Seal.objects.order_by("-number").first()
        number, previous, settled = (last.number + 1, last.digest, last.settled) if last else (1, "", 0)
        entries = list(LedgerEntry.objects.filter(pk__gt=settled, sealed__isnull=True).order_by("pk")[:MOST_IN_A_SEAL])
        if not entries:
            return None
        made = Seal.objects.create(
            number=number,
            previous=previous,
            settled=settled if len(entries) == MOST_IN_A_SEAL else _settled(settled),
            digest=digest_of_seal(previous, number, [_covered(each) for each in entries]),
        )
        SealedEntry.objects.bulk_create(
            SealedEntry(
                seal=made,
                entry=entry,
                sign_on_number=entry.sign_on_id,
                statement_number=entry.statement_id,
                number=entry.number,
                digest=entry.digest,
            )
            for entry in entries
        )
    return made


def _covered(entry: LedgerEntry) -> Covered:
    return entry.sign_on_id, entry.statement_id, entry.number, entry.digest


def _settled(before: int) -> int:
    """The id up to which every entry that will ever commit has committed, and is sealed now."""
    old = LedgerEntry.objects.filter(pk__gt=before, at__lt=timezone.now() - LONGEST_TRANSACTION)
    return old.aggregate(last=Max("pk"))["last"] or before


def faults(statement: Statement) -> Iterator[str]:
    """One sentence for each fault in the chains of a statement and its sign-ons, and in the seals over all chains."""
    yield from _faults_of_chain(statement)
    yield from _faults_of_chains(statement)
    yield from _faults_of_seals()


def _faults_of_chain(statement: Statement) -> Iterator[str]:
    """Of the statement's own; what was never moved (a demo's, or from before there were moves) has none.

    An entry of a move says where it led ("to" in its facts), whatever the act; the last one is where it stands.
    """
    number, digest, state = 0, "", ""
    for entry in LedgerEntry.objects.filter(statement=statement).order_by("number"):
        if entry.number != number + 1:
            yield f"Statement {statement.pk}: entry {number + 1} is missing."
        elif not entry.is_intact(digest):
            yield f"Statement {statement.pk}: entry {entry.number} ({entry.act}) was changed, or what is before it."
        number, digest = entry.number, entry.digest
        state = entry.facts.get("to", state)
    if state and state != Statement.objects.values_list("state", flat=True).get(pk=statement.pk):
        yield f"Statement {statement.pk}: its ledger says that it is {state}; its row does not."


def _faults_of_chains(statement: Statement) -> Iterator[str]:
    entries = LedgerEntry.objects.filter(sign_on__statement=statement).order_by("sign_on", "number")
    chain, number, digest = None, 0, ""
    for entry in entries.iterator():
        if entry.sign_on_id != chain:
            chain, number, digest = entry.sign_on_id, 0, ""
        if entry.number != number + 1:
            yield f"Sign-on {chain}: entry {number + 1} is missing."
        elif not entry.is_intact(digest):
            yield f"Sign-on {chain}: entry {entry.number} ({entry.act}) was changed, or what is before it."
        number, digest = entry.number, entry.digest
    for pk in SignOn.objects.filter(statement=statement, ledger__isnull=True).values_list("pk", flat=True):
        yield f"Sign-on {pk}: its chain is missing."


def _faults_of_seals() -> Iterator[str]:
    previous, number = "", 0
    for each in Seal.objects.order_by("number"):
        covered = list(each.entries.values_list("sign_on_number", "statement_number", "number", "digest"))
        if each.number != number + 1:
            yield f"Seal {number + 1} is missing."
        elif each.previous != previous or each.digest != digest_of_seal(previous, each.number, covered):
            yield f"Seal {each.number} was changed, or what it covers."
        previous, number = each.digest, each.number
    kept = LedgerEntry.objects.filter(pk=OuterRef("entry_id"))
    for gone in SealedEntry.objects.filter(~Exists(kept)).select_related("seal"):
        yield f"{gone}, under seal {gone.seal.number}, was removed."
    changed = SealedEntry.objects.exclude(digest=F("entry__digest"))
    for other in changed.filter(Exists(kept)):
        yield f"{other} is not the one that was sealed."

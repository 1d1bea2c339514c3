"""Taking an import back as a whole: its sign-ons are withdrawn, and what it put into the directory goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from signon import jobs, mailing
from signon.casework import directory, doubles
from signon.imports.remarks import remark
from signon.models import (
    Convener,
    Import,
    ImportRow,
    Invitation,
    Job,
    LedgerEntry,
    Member,
    Message,
    Organization,
    OrganizationDomain,
    OrganizationName,
    SignOn,
    User,
)
from signon.models.organization import Distinction, Merge

State = SignOn.State
BATCH = 1000


class CannotUndo(Exception):
    """The import was never carried out, or was taken back before."""


@transaction.atomic
def order(chosen: Import, *, by: User) -> Job | None:
    """Let a worker take an import back; None where it was never carried out, or was taken back before."""
    return jobs.begin(Job.Kind.UNDO_IMPORT, chosen.pk, by=by) if chosen.state == Import.State.APPLIED else None


def undo(chosen: Import, *, by: User, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Withdraw the import's sign-ons and remove the organizations that it made and nothing else uses.

    One transaction. What a representative confirmed meanwhile is theirs and stays, as do organizations that others use
    or staff worked on: the import's rows say so, in `left`. Returns how many were withdrawn. Raises CannotUndo.
    """
    with transaction.atomic():
        directory.hold_directory()
        moved = chosen.move_from([Import.State.APPLIED], Import.State.UNDONE, undone_at=timezone.now(), undone_by=by)
        if not moved:
            raise CannotUndo
        held = SignOn.objects.select_for_update(of=["self"], no_key=True).filter(came_with=chosen).order_by("pk")
        own = [each for each in held if each.state in (State.UNCONFIRMED, State.CONFIRMED, State.ACCEPTED)]
        theirs = {each.pk for each in own if each.confirmed_at is not None}
        withdrawn = [each for each in own if each.pk not in theirs]
        change = _withdraw(withdrawn, by, chosen)
        kept = _clear_directory(chosen)
        _tell(chosen, theirs, kept)
        change.count()
    progress(len(withdrawn), len(withdrawn))
    return len(withdrawn)


def _withdraw(sign_ons: list[SignOn], by: User, chosen: Import) -> doubles.Change:
    pks = [each.pk for each in sign_ons]
    change = doubles.Change()
    counted = [each for each in sign_ons if each.state == State.ACCEPTED and each.same_as_id is None]
    now = timezone.now()
    SignOn.objects.filter(pk__in=pks).update(
        state=State.WITHDRAWN, same_as=None, ending=SignOn.Ending.UNDONE, ended_at=now, expires_at=None
    )
    mailing.cancel(Message.objects.filter(sign_on__in=pks))
    LedgerEntry.objects.append_to(sign_ons, LedgerEntry.Act.WITHDRAWN, by=by, undone=chosen.pk)
    followed = set(SignOn.objects.filter(same_as__in=pks).values_list("same_as", flat=True))
    for each in counted:
        if each.pk in followed:
            change += doubles.left(each, stood_for=None)
        else:
            change.leaving.append(each)
    return change


def _clear_directory(chosen: Import) -> dict[int, str]:
    """Remove what the import made, where nothing else uses it; returns why others stay, by their ids."""
    made = list(chosen.rows.exclude(made=None).values_list("made", flat=True))
    kept: dict[int, str] = {}
    for start in range(0, len(made), BATCH):
        part = Organization.objects.filter(pk__in=made[start : start + BATCH])
        alone, used = _sorted_out(part, chosen)
        kept |= used
        SignOn.objects.filter(came_with=chosen, organization__in=alone).update(organization=None)
        Organization.objects.filter(pk__in=alone).delete()
    return kept


def _sorted_out(part: Any, chosen: Import) -> tuple[list[int], dict[int, str]]:
    own = OuterRef("pk")
    theirs = SignOn.objects.filter(organization=own).exclude(came_with=chosen, state=State.WITHDRAWN)
    by_hand = (
        Exists(OrganizationName.objects.filter(organization=own))
        | Exists(OrganizationDomain.objects.filter(organization=own))
        | Exists(Distinction.objects.filter(organization=own))
        | Exists(Convener.objects.filter(organization=own))
        | Exists(Invitation.objects.filter(organization=own))
        | Exists(Member.objects.filter(organization=own))
        | Exists(Merge.objects.filter(Q(kept=own) | Q(merged=own)))
    )
    alone, kept = [], {}
    for pk, used, touched, verified in part.annotate(used=Exists(theirs), touched=by_hand).values_list(
        "pk", "used", "touched", "verified_at"
    ):
        if used:
            kept[pk] = "left_elsewhere"
        elif touched or verified:
            kept[pk] = "left_by_hand"
        else:
            alone.append(pk)
    return alone, kept


def _tell(chosen: Import, theirs: Iterable[int], kept: dict[int, str]) -> None:
    """Write on the rows what is left of them."""
    theirs = set(theirs)
    rows = chosen.rows.filter(Q(sign_on__in=theirs) | Q(made__in=kept))
    changed = []
    for row in rows:
        row.left = [remark("left_confirmed")] if row.sign_on_id in theirs else []
        row.left += [remark(kept[row.made_id])] if row.made_id in kept else []
        changed.append(row)
    ImportRow.objects.bulk_update(changed, ["left"], batch_size=BATCH)

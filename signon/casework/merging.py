"""Two entries of the directory found to be one organization, or renamed: carried out, spread to lists, and undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from signon.casework import decisions, directory, doubles, known
from signon.casework.decisions import DELIVERED, record
from signon.mail import sources
from signon.models import (
    Distinction,
    LedgerEntry,
    Merge,
    Organization,
    OrganizationDomain,
    OrganizationName,
    SignOn,
    User,
)
from signon.naming import name_keys, names
from signon.statements import convener_places

State, Act = SignOn.State, LedgerEntry.Act


class CannotMerge(Exception):
    """The two are one already, are merged away, or were told apart; `reason` is "same", "gone" or "told_apart"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotUndo(Exception):
    """It was undone before, or what it was merged into was merged itself since."""


@dataclass(frozen=True)
class Effect:
    """What a merge would do, for its preview: sign-ons that move, and pairs (later, earlier) that become one."""

    moving: list[SignOn]
    pairs: list[tuple[SignOn, SignOn]]
    staying: list[SignOn]
    # All that stand for either of the two where they become one.
    standing: list[SignOn]


def preview(kept: Organization, merged: Organization) -> Effect:
    """What `merge` would do now. Writes nothing; raises CannotMerge."""
    _check(kept, merged)
    return _effect(kept, merged, SignOn.objects.select_related("statement"))


@transaction.atomic
def merge(kept: Organization, merged: Organization, *, by: User) -> Merge:
    """Make `merged` another name of `kept`: its names, domains and sign-ons are the other's from now on.

    Where both stand on a statement the later sign-on points to the earlier, and is neither listed nor counted;
    where that statement was delivered, both stay. Raises CannotMerge.
    """
    directory.hold_directory()
    kept, merged = Organization.objects.get(pk=kept.pk), Organization.objects.get(pk=merged.pk)
    _check(kept, merged)
    effect = _effect(kept, merged, SignOn.objects.select_for_update(of=["self"], no_key=True))
    made = Merge(kept=kept, merged=merged, by=by)
    made.changed = {
        "sign_ons": [sign_on.pk for sign_on in effect.moving],
        "names": _pass_names(kept, merged),
        "domains": _pass_domains(kept, merged),
        "distinctions": _pass_distinctions(kept, merged, by),
        "doubles": [[later.pk, earlier.pk] for later, earlier in effect.pairs],
    }
    if merged.verified_at and not kept.verified_at:
        Organization.objects.filter(pk=kept.pk).update(verified_at=merged.verified_at)
        made.changed["verified"] = True
    change = doubles.settle(effect.standing)
    SignOn.objects.filter(pk__in=made.changed["sign_ons"]).update(organization=kept)
    Organization.objects.filter(pk=merged.pk).update(merged_into=kept)
    made.save()
    for sign_on in _each_once(effect.moving, change.leaving):
        record(sign_on, Act.MERGED, by, "", merge=made.pk, into=kept.pk)
    name_keys.index([kept])
    convener_places.after_a_merge(kept)
    change.count()
    return made


@transaction.atomic
def undo(merge: Merge, *, by: User) -> None:
    """Make them two again, as far as nothing happened to a sign-on since; raises CannotUndo.

    Whoever stood for both stands for its own organization alone; the other's earliest is listed and counted again.
    """
    directory.hold_directory()
    merge = Merge.objects.select_related("kept", "merged").get(pk=merge.pk)
    if merge.undone_at or merge.kept.merged_into_id or merge.merged.merged_into_id != merge.kept_id:
        raise CannotUndo
    changed = merge.changed
    own = SignOn.objects.select_for_update(of=["self"], no_key=True).filter(organization=merge.kept)
    moved = set(changed["sign_ons"])
    all_of_it = list(own.order_by("pk"))
    back = [sign_on for sign_on in all_of_it if sign_on.pk in moved]
    SignOn.objects.filter(pk__in=[sign_on.pk for sign_on in back]).update(organization=merge.merged)
    standing = [sign_on for sign_on in all_of_it if sign_on.state == State.ACCEPTED]
    change = doubles.settle(sign_on for sign_on in standing if sign_on.pk not in moved)
    change += doubles.settle(sign_on for sign_on in standing if sign_on.pk in moved)
    OrganizationDomain.objects.filter(pk__in=changed["domains"]).delete()
    Distinction.objects.filter(pk__in=changed["distinctions"]).delete()
    merge.kept.other_names.filter(pk__in=changed["names"]).delete()
    if changed.get("verified"):
        decisions.verify_again(merge.kept)
    if len(back) < len(moved):
        decisions.verify_again(merge.merged)
    Organization.objects.filter(pk=merge.merged_id).update(merged_into=None)
    Merge.objects.filter(pk=merge.pk).update(undone_by=by, undone_at=timezone.now())
    for sign_on in _each_once(back, change.joining):
        record(sign_on, Act.MERGE_UNDONE, by, "", merge=merge.pk)
    name_keys.index([merge.kept, merge.merged])
    convener_places.after_a_merge(merge.kept, merge.merged)
    change.count()


def hold(organization: Organization) -> None:
    """Until the transaction's end nobody else acts on the directory, nor on this organization's sign-ons."""
    directory.hold_directory()
    list(sources.hold(organization.sign_ons.all()))


@transaction.atomic
def rename(organization: Organization, *, name: str, acronym: str, by: User) -> int:
    """Give an organization another official name; the old one stays as a former name.

    Spreads to its sign-ons on statements that are not delivered yet, where they stand under the old name; their
    signers are told. Returns how many.
    """
    directory.hold_directory()
    old = Organization.objects.get(pk=organization.pk)
    name, acronym = " ".join(name.split()), acronym.strip()
    key = names.search_key(name)
    old.other_names.filter(search_key=key).delete()
    Organization.objects.filter(pk=old.pk).update(name=name, acronym=acronym, search_key=key)
    organization.refresh_from_db()
    directory.know_by(organization, old.name, OrganizationName.Kind.FORMER)
    name_keys.index([organization])
    listed = organization.sign_ons.filter(state=State.ACCEPTED).exclude(statement__state__in=DELIVERED)
    under = {names.search_key(old.name), names.search_key(str(old))}
    renamed = list(listed.filter(search_key__in=under).exclude(listed_name=str(organization)).order_by("pk"))
    for sign_on in renamed:
        decisions.list_as(sign_on, str(organization), by=by)
    return len(renamed)


@transaction.atomic
def tell_apart(one: Organization, other: Organization, *, by: User) -> None:
    """Mark two entries as two organizations, which cannot be merged until `tell_apart_no_more` undoes it."""
    if one.pk == other.pk:
        raise CannotMerge("same")
    for organization, different in ((one, other), (other, one)):
        Distinction.objects.get_or_create(
            organization=organization,
            search_key=different.search_key,
            country=different.country,
            defaults={"by": by},
        )


def tell_apart_no_more(one: Organization, other: Organization) -> bool:
    """Forget that the two are two, whichever way and wherever that was said; returns whether it was."""
    return bool(_told_apart(one, other).delete()[0])


def are_told_apart(one: Organization, other: Organization) -> bool:
    """Whether staff said that the two are two, under the names they have now or another of their names."""
    return _told_apart(one, other).exists()


def apart_from(entry: Organization) -> list[Organization]:
    """The current organizations that staff told apart from this one, by name."""
    told = Distinction.objects.filter(search_key__in=_keys(entry), country=entry.country)
    found = set(told.values_list("organization", flat=True))
    for own in entry.distinctions.all():
        found.update(known.named(own.search_key, own.country).values_list("pk", flat=True))
    return list(Organization.objects.current().filter(pk__in=found - {entry.pk}).order_by("name", "pk"))


def _told_apart(one: Organization, other: Organization) -> QuerySet[Distinction]:
    return Distinction.objects.filter(
        Q(organization=one, search_key__in=_keys(other), country=other.country)
        | Q(organization=other, search_key__in=_keys(one), country=one.country)
    )


def _check(kept: Organization, merged: Organization) -> None:
    if kept.pk == merged.pk:
        raise CannotMerge("same")
    if kept.merged_into_id or merged.merged_into_id:
        raise CannotMerge("gone")
    if are_told_apart(kept, merged):
        raise CannotMerge("told_apart")


def _effect(kept: Organization, merged: Organization, sign_ons: Any) -> Effect:
    own = list(sign_ons.filter(organization__in=[kept, merged]).order_by("pk"))
    heads: dict[int, list[SignOn]] = {}
    for sign_on in own:
        if sign_on.state == State.ACCEPTED and sign_on.same_as_id is None:
            heads.setdefault(sign_on.statement_id, []).append(sign_on)
    pairs = [(both[1], both[0]) for both in heads.values() if len(both) == 2]
    stay = {later.statement_id for later, _earlier in pairs if later.statement.state in DELIVERED}
    leaving = [sign_on for sign_on in own if sign_on.organization_id == merged.pk]
    return Effect(
        moving=[sign_on for sign_on in leaving if sign_on.statement_id not in stay],
        pairs=[pair for pair in pairs if pair[0].statement_id not in stay],
        staying=[sign_on for sign_on in leaving if sign_on.statement_id in stay],
        standing=[one for one in own if one.state == State.ACCEPTED and one.statement_id not in stay],
    )


def _each_once(*sign_ons: list[SignOn]) -> list[SignOn]:
    return list({sign_on.pk: sign_on for some in sign_ons for sign_on in some}.values())


def _keys(organization: Organization) -> list[str]:
    return [organization.search_key, *organization.other_names.values_list("search_key", flat=True)]


def _pass_names(kept: Organization, merged: Organization) -> list[int]:
    own: list[tuple[str, str]] = [(merged.name, OrganizationName.Kind.SPELLING)]
    own += [(other.name, other.kind) for other in merged.other_names.all()]
    return [pk for name, kind in own if (pk := directory.know_by(kept, name, kind))]


def _pass_domains(kept: Organization, merged: Organization) -> list[int]:
    known = set(kept.domains.values_list("domain", flat=True))
    new = [domain for domain in merged.domains.all() if domain.domain not in known]
    return [
        OrganizationDomain.objects.create(organization=kept, domain=domain.domain, added_by=domain.added_by).pk
        for domain in new
    ]


def _pass_distinctions(kept: Organization, merged: Organization, by: User) -> list[int]:
    made = []
    for told in merged.distinctions.all():
        distinction, new = Distinction.objects.get_or_create(
            organization=kept, search_key=told.search_key, country=told.country, defaults={"by": by}
        )
        made += [distinction.pk] if new else []
    return made

"""Which invitation a sign-on answers: by its link, by the address, by the organization. It never changes a sign-on.

A worker looks once a sign-on is confirmed, and again when it got its place in the directory. What is sure is written
down; what is not is shown to staff, who decide. What a sign-on came to afterwards, its invitation comes to: `follow`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from campaigns.models import Statement
from signon.imports.recognizing import SHOWN_FROM, SURE_FROM, party_of
from signon.invitations import replying
from signon.matching import Judgment
from signon.models import Distinction, Invitation, SignOn, Sought
from signon.naming import names
from signon.naming.likely import Likely

State, Match = Invitation.State, Invitation.Match
STANDS = [SignOn.State.CONFIRMED, SignOn.State.ACCEPTED]
# What an answer may still come to.
ASKED = [State.WAITING, State.BOUNCED, State.ASKS, State.REFUSED, State.WITHDREW, State.DECLINED]
# What has its sign-on already, and asked something since.
SIGNED_AND_ASKS = Q(state=State.ASKS, before_asking=State.SIGNED)
_NOTHING = {"perhaps": None, "perhaps_score": None, "perhaps_why": ""}


def reconcile_due(limit: int = 500) -> int:
    """Look up the invitations of up to `limit` sign-ons that nobody looked up yet; returns how many were answered."""
    asked = Invitation.objects.filter(state__in=ASKED).values("statement")
    looked = Q(sought__isnull=True) | ~Q(sought__organization_number=F("organization")) & Q(organization__isnull=False)
    looked |= Q(sought__organization_number__isnull=True, sought__isnull=False, organization__isnull=False)
    found = SignOn.objects.filter(
        looked, state__in=STANDS, signer=SignOn.Signer.ORGANIZATION, statement__in=asked, same_as=None
    )
    sign_ons = list(found.select_related("organization").order_by("statement", "pk")[:limit])
    by_statement: dict[int, list[SignOn]] = {}
    for sign_on in sign_ons:
        by_statement.setdefault(sign_on.statement_id, []).append(sign_on)
    return sum(_reconcile(statement, own) for statement, own in by_statement.items())


def follow() -> int:
    """Let invitations come to what became of the sign-on that answered them; returns how many moved.

    Withdrawn or declined, nobody is reminded, and another sign-on may still be its answer. What expired, was taken
    back with its import, or was “not me”, was no answer: it waits again. So it does where what was declined had been
    found by the organization's name alone, which anybody can type. What the desk took back to be looked at counts
    again. What may be an answer ends with its sign-on, or when that is found to be another's.
    """
    ended = {SignOn.State.WITHDRAWN: State.WITHDREW, SignOn.State.DECLINED: State.DECLINED}
    number = 0
    signed = Invitation.objects.filter(state=State.SIGNED).exclude(sign_on__isnull=True)
    for each in signed.exclude(sign_on__state__in=STANDS).select_related("sign_on"):
        sign_on = each.sign_on
        assert sign_on is not None  # noqa: S101  # the query says so
        by_signer = sign_on.state == SignOn.State.DECLINED or sign_on.ending in ("", SignOn.Ending.SIGNER)
        to = ended.get(SignOn.State(sign_on.state), State.WAITING) if by_signer else State.WAITING
        if to == State.DECLINED and each.matched_by == Match.ORGANIZATION:
            to = State.WAITING
        with transaction.atomic():
            fields = {"sign_on": None, "matched_by": ""} if to == State.WAITING else {}
            same = each.move_from([State.SIGNED], to, **fields)
            number += same
            if same:
                Sought.objects.filter(sign_on=sign_on).delete()
                _look_again(each)
    back = Invitation.objects.filter(state=State.DECLINED, sign_on__state__in=STANDS).exclude(matched_by="")
    for each in back:
        number += each.move_from([State.DECLINED], State.SIGNED)
    over = Q(perhaps__isnull=False) & ~Q(perhaps__state__in=STANDS)
    others = Invitation.objects.filter(state=State.SIGNED, sign_on=OuterRef("perhaps"))
    over |= Q(Exists(others))
    for each in Invitation.objects.filter(over, perhaps__isnull=False).exclude(state=State.SIGNED):
        if Invitation.objects.filter(pk=each.pk, perhaps=each.perhaps_id).update(**_NOTHING):
            _look_again(each)
    return number


def _look_again(invitation: Invitation) -> None:
    """Another sign-on of the statement may be its answer: one that stood behind what is over.

    Of those that were looked up already, the ones that this invitation may be shown beside; all others stay looked up.
    """
    own = SignOn.objects.filter(statement=invitation.statement_id, state__in=STANDS, signer=SignOn.Signer.ORGANIZATION)
    own = own.filter(sought__isnull=False).exclude(invitations__state=State.SIGNED)
    likely = Likely()
    likely.add(invitation.pk, party_of(invitation))
    told = Q(email__iexact=invitation.email) & ~Q(email="") | Q(pk=invitation.sign_on_id)
    if (entry := _current(invitation)) is not None:
        told |= Q(organization=entry)
    # The name's way with its acronym and website, as _reconcile looks.
    near = [each.pk for each in own.iterator() if likely.near(party_of(each), least=SHOWN_FROM)]
    Sought.objects.filter(sign_on__in=own.filter(told | Q(pk__in=near)).values("pk")).delete()


def is_it(invitation: Invitation, sign_on: SignOn) -> bool:
    """Staff say that this sign-on came of the invitation; False where the invitation has one already."""
    if sign_on.statement_id != invitation.statement_id or sign_on.state not in STANDS:
        return False
    return _settle(invitation, sign_on, Match.STAFF)


def is_not_it(invitation: Invitation) -> bool:
    """Staff say that what was found, or what may be it, is not: it waits again, and this sign-on is not found again."""
    with transaction.atomic():
        held = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
        wrong = held.sign_on_id if held.state == State.SIGNED else held.perhaps_id
        if wrong is None:
            return False
        fields: dict[str, object] = {**_NOTHING, "not_these": [*held.not_these, wrong]}
        if held.sign_on_id == wrong:
            fields |= {"sign_on": None, "matched_by": ""}
        _look_again(held)
        if held.state == State.SIGNED:
            return held.move(State.WAITING, **fields)
        return bool(Invitation.objects.filter(pk=held.pk).update(**fields))


def choices(invitation: Invitation, asked: str = "") -> QuerySet[SignOn]:
    """The statement's sign-ons that staff may choose from by hand: confirmed or accepted, found by name."""
    found = SignOn.objects.filter(
        statement=invitation.statement_id, state__in=STANDS, signer=SignOn.Signer.ORGANIZATION, same_as=None
    )
    for word in names.search_key(asked).split():
        found = found.filter(search_key__contains=word)
    return found.order_by("search_key", "pk")


def _reconcile(statement: int, sign_ons: list[SignOn]) -> int:
    invitations = Invitation.objects.filter(statement=statement, state__in=ASKED).exclude(SIGNED_AND_ASKS)
    asked = {each.pk: each for each in invitations.select_related("organization")}
    by_address = {each.email.lower(): each for each in asked.values() if each.email}
    by_sign_on = {each.sign_on_id: each for each in asked.values() if each.sign_on_id}
    by_organization = {_current(each): each for each in asked.values() if each.organization}
    likely = Likely()
    for each in asked.values():
        likely.add(each.pk, party_of(each))
    apart = _told_apart(sign_ons)
    number = 0
    for sign_on in sign_ons:
        standing = sign_on.organization
        linked = by_sign_on.get(sign_on.pk)
        party = party_of(sign_on)
        # The address alone does not tell: one person signs for two organizations.
        same_address = by_address.get(sign_on.email.lower()) if sign_on.email else None
        near = [(asked[one.number], one.judgment) for one in likely.near(party, least=SHOWN_FROM)]
        near = [(each, _by_name(each, sign_on, found, {linked, same_address})) for each, found in near]
        near = [
            (each, judgment)
            for each, judgment in near
            if judgment.score >= SHOWN_FROM
            and sign_on.pk not in each.not_these
            and (sign_on.organization_id, each.search_key, each.country) not in apart
        ]
        sure = [each for each, found in near if found.score >= SURE_FROM and each.country == sign_on.country]
        entered = by_organization.get(standing.pk) if standing else None
        alike = [each for each, _found in near]
        ways = [
            (linked if linked in sure or (linked is same_address and linked in alike) else None, Match.LINK),
            (same_address if same_address in alike else None, Match.ADDRESS),
            (entered, Match.ORGANIZATION),
            (sure[0] if sure else None, Match.ORGANIZATION),
        ]
        answered = next(
            ((each, way) for each, way in ways if each is not None and sign_on.pk not in each.not_these), None
        )
        if answered:
            number += _settle(answered[0], sign_on, answered[1])
        else:
            perhaps = [(linked, 1.0, "")] if linked and sign_on.pk not in linked.not_these else []
            perhaps += [(each, found.score, found.why) for each, found in near]
            perhaps += [(same_address, 0.0, "")] if same_address and sign_on.pk not in same_address.not_these else []
            _show(perhaps, sign_on)
        Sought.objects.update_or_create(sign_on=sign_on, defaults={"organization_number": sign_on.organization_id})
    return number


def _by_name(invitation: Invitation, sign_on: SignOn, found: Judgment, told: set[Invitation | None]) -> Judgment:
    """Where the link or the address tells already, the name has to tell by itself."""
    return (replying.judgment_of(invitation, sign_on) if invitation in told else None) or found


def _settle(invitation: Invitation, sign_on: SignOn, way: str) -> bool:
    with transaction.atomic():
        settled = invitation.move_from(
            ASKED, State.SIGNED, sign_on=sign_on, matched_by=way, before_asking="", **_NOTHING
        )
        if settled:
            replying.stop_asking(invitation)
    return settled


def _show(perhaps: Iterable[tuple[Invitation, float, str]], sign_on: SignOn) -> None:
    """Put it beside the likeliest invitation that has nothing likelier; the sign-on may be nobody's who was invited."""
    for each, score, why in perhaps:
        nothing_better = Q(perhaps=None) | Q(perhaps_score__lt=score)
        shown = Invitation.objects.filter(nothing_better, pk=each.pk, state__in=ASKED)
        if shown.update(perhaps=sign_on, perhaps_score=score, perhaps_why=why[:300]):
            return


def _current(invitation: Invitation) -> int | None:
    organization = invitation.organization
    return (organization.merged_into_id or organization.pk) if organization else None


def _told_apart(sign_ons: list[SignOn]) -> set[tuple[int, str, str]]:
    told = Distinction.objects.filter(organization__in=[each.organization_id for each in sign_ons])
    return set(told.values_list("organization", "search_key", "country"))


def of(statement: Statement) -> QuerySet[Invitation]:
    """Invitations beside which a sign-on stands that may be theirs: for staff to decide."""
    return statement.invitations.filter(perhaps__isnull=False, state__in=ASKED)

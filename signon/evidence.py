"""Evidence beside a case: what speaks for a sign-on and what against, gathered once it is confirmed.

Only reads the directory and other sign-ons; what it finds is kept on the case as codes and facts (signon.findings).
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from signon import addresses, domains, look_alikes, matching, names
from signon.findings import CODES, NOT_GATHERED, WARNS, Finding
from signon.models import (
    Case,
    Distinction,
    LedgerEntry,
    Message,
    Organization,
    OrganizationDomain,
    OrganizationName,
    SignOn,
    Suppression,
)

log = logging.getLogger(__name__)
State = SignOn.State

# So many sign-ons from one network within so long are a burst.
BURST, BURST_TIME = 10, timedelta(hours=1)
# Below this chance of being the same, a likeness is not worth a look; of more than so many the best are shown.
LIKELY_FROM, MOST_LIKELY = 0.3, 10
MOST_WAITING = 50
# What could not be gathered is tried again after this time.
TRY_AGAIN_AFTER = timedelta(hours=1)
STRONG = {"organization_verified", "domain_recorded"}
# Beside what makes evidence strong, these still need a person.
NEEDS_A_PERSON = {code for code in CODES if Finding(code).weight == WARNS} | {
    "another_address",
    "signed_already",
    "several_organizations",
    "individual",
    NOT_GATHERED,
}


def gather(sign_on: SignOn) -> list[Finding]:
    """All evidence about a sign-on as things stand now. Writes nothing.

    Asks the database 12 times at most, and as often as signon.candidates does for one name; each further step of a
    chain of merges costs one more.
    """
    found: list[Finding] = []
    if sign_on.is_individual:
        found += [Finding("individual"), *_of_individual(sign_on)]
    else:
        here = _directory(sign_on)
        found += [*_of_directory(here), *_of_domain(sign_on, here), *_of_others(sign_on, here)]
        found += _of_likeness(sign_on, here)
    if mixed := look_alikes.mixed_words(sign_on.listed_name):
        found.append(Finding("mixed_script", {"words": mixed}))
    return [*found, *_of_mailbox(sign_on), *_of_network(sign_on)]


def known_organization(sign_on: SignOn) -> Organization | None:
    """The directory's current entry of this name, or other name, and country; None for individuals.

    Follows merges, and is never one that staff told apart from this name. Of several, the one whose own name it is.
    """
    return _directory(sign_on).known


def is_strong(sign_on: SignOn, findings: Iterable[Finding]) -> bool:
    """Whether a statement that allows it may accept this sign-on without a person (docs/decisions/0014).

    Needs both the findings and the database as it is now to say that staff verified the organization before and
    recorded the address's domain for it. What the form says about itself plays no part, except against.
    """
    codes = {finding.code for finding in findings}
    if not codes >= STRONG or codes & NEEDS_A_PERSON or sign_on.is_individual:
        return False
    # Entered by staff or imported, an address was proved by nobody; taken back by staff, it is theirs to decide.
    if sign_on.state != State.CONFIRMED or sign_on.confirmed_at is None or _is_in_hand(sign_on):
        return False
    here, domain = _directory(sign_on), domains.of_address(sign_on.email)
    if here.known is None or here.known.verified_at is None or len(here.entries) > 1:
        return False
    return _is_somebodys(domain) and any(owner.pk == here.known.pk for owner in _owners(domain))


def gather_due(limit: int = 50) -> list[int]:
    """Gather and keep the evidence of up to `limit` cases that have none; returns the sign-ons that have it now.

    Workers side by side take different cases. One that fails is marked, logged, and tried again an hour later.
    """
    overdue = Q(codes__contains=[NOT_GATHERED], gathered_at__lt=timezone.now() - TRY_AGAIN_AFTER)
    done: list[int] = []
    for due in (Q(gathered_at__isnull=True), overdue & Q(sign_on__state=State.CONFIRMED)):
        for _one in range(limit - len(done)):
            with transaction.atomic():
                cases = Case.objects.select_for_update(of=["self"], skip_locked=True, no_key=True)
                case = cases.filter(due).select_related("sign_on").order_by("pk").first()
                if case is None:
                    break
                if _gather_one(case):
                    done.append(case.pk)
    return done


@dataclass(frozen=True)
class _Directory:
    """What the directory has under a sign-on's name and country, and which entries staff told apart from it."""

    key: str
    entries: tuple[Organization, ...] = ()
    apart: frozenset[int] = frozenset()

    @property
    def known(self) -> Organization | None:
        own = [entry for entry in self.entries if entry.search_key == self.key]
        return next(iter([*own, *self.entries]), None)


def _directory(sign_on: SignOn) -> _Directory:
    if sign_on.is_individual or not sign_on.organization_name:
        return _Directory("")
    key, country = names.search_key(sign_on.organization_name), sign_on.country
    own = Organization.objects.filter(search_key=key, country=country).order_by().values("pk")
    other = OrganizationName.objects.filter(search_key=key, organization__country=country).order_by()
    named = Organization.objects.filter(pk__in=own.union(other.values("organization")))
    told = Distinction.objects.filter(search_key__in={key, sign_on.search_key}, country=country)
    apart = frozenset(told.values_list("organization", flat=True))
    entries: dict[int, Organization] = {}
    for organization in named.select_related("merged_into").order_by("pk"):
        path = _path(organization)
        if apart.isdisjoint(step.pk for step in path):
            entries.setdefault(path[-1].pk, path[-1])
    return _Directory(key, tuple(entries.values()), apart)


def _path(organization: Organization) -> list[Organization]:
    """The organization, what it was merged into, and so on; the last one is current."""
    path = [organization]
    while (into := path[-1].merged_into) and into not in path:
        path.append(into)
    return path


def _of_directory(here: _Directory) -> Iterator[Finding]:
    if len(here.entries) > 1:
        yield Finding("several_organizations", {"organizations": [entry.pk for entry in here.entries]})
    if here.known:
        facts = {"organization": here.known.pk, "name": str(here.known)}
        yield Finding("organization_verified" if here.known.verified_at else "organization_known", facts)


def _of_domain(sign_on: SignOn, here: _Directory) -> Iterator[Finding]:
    domain = domains.of_address(sign_on.email)
    if not domain:
        return
    if domains.is_disposable(domain):
        yield Finding("disposable", {"domain": domain})
    if domains.is_free_mail(domain):
        yield Finding("free_mail", {"domain": domain})
        return
    owners = {owner.pk: owner for owner in _owners(domain)}
    if here.known and here.known.pk in owners:
        yield Finding("domain_recorded", {"domain": domain, "organization": here.known.pk})
    elif owners:
        owner = min(owners.values(), key=lambda one: one.pk)
        yield Finding("domain_of_another", {"domain": domain, "organization": owner.pk, "name": str(owner)})
    website = domains.of_website(sign_on.website or (here.known.website if here.known else ""))
    if website:
        yield Finding(_beside_website(domain, website), {"domain": domain, "website": website})


def _beside_website(domain: str, website: str) -> str:
    if domains.is_shared(website):
        return "website_shared"
    if not domains.registrable(domain) or domains.registrable(domain) != domains.registrable(website):
        return "domain_differs"
    one_in_the_other = domains.belongs(domain, website) or domains.belongs(website, domain)
    return "domain_matches" if one_in_the_other else "domain_beside"


def _is_somebodys(domain: str) -> bool:
    """Whether one body can own the domain: no provider's, no suffix below which anybody registers."""
    return bool(domains.registrable(domain)) and not (domains.is_free_mail(domain) or domains.is_disposable(domain))


def _owners(domain: str) -> list[Organization]:
    """The current organizations for which staff recorded this domain, in either spelling."""
    spelled = {domain, domain.encode("ascii").decode("idna")} if domain else set()
    recorded = OrganizationDomain.objects.filter(domain__in=spelled).select_related("organization__merged_into")
    return [_path(row.organization)[-1] for row in recorded]


def _is_in_hand(sign_on: SignOn) -> bool:
    waits = sign_on.questions.filter(answered_at__isnull=True, dropped_at__isnull=True).exists()
    return waits or sign_on.ledger.filter(act=LedgerEntry.Act.REOPENED).exists()


def _of_others(sign_on: SignOn, here: _Directory) -> Iterator[Finding]:
    """Other accepted sign-ons of the address, and of the organization on this statement."""
    others = SignOn.objects.filter(state=State.ACCEPTED, signer=SignOn.Signer.ORGANIZATION).exclude(pk=sign_on.pk)
    if sign_on.email:
        earlier = list(others.at_address(sign_on.email).order_by("-pk")[:MOST_WAITING])
        same = [one.pk for one in earlier if _is_same(one, sign_on, here)]
        if same:
            yield Finding("representative_known", {"sign_ons": same})
        if len(same) < len(earlier):
            others_of = [one.pk for one in earlier if one.pk not in same]
            yield Finding("representative_of_another", {"sign_ons": others_of})
    standing = list(others.filter(statement=sign_on.statement_id, organization=here.known)) if here.known else []
    waiting = [one for one in _waiting(sign_on, here.key) if _is_same(one, sign_on, here)]
    for code, own in (("signed_already", True), ("another_address", False)):
        ids = [one.pk for one in [*standing, *waiting] if (one.email.lower() == sign_on.email.lower()) == own]
        if ids:
            yield Finding(code, {"sign_ons": ids})


def _is_same(one: SignOn, sign_on: SignOn, here: _Directory) -> bool:
    if one.organization_id and here.known:
        return one.organization_id == here.known.pk
    return one.country == sign_on.country and names.search_key(one.organization_name) == here.key

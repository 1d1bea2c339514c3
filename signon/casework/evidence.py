"""Evidence beside a case: what speaks for a sign-on and what against, gathered once it is confirmed.

Only reads the directory and other sign-ons; what it finds is kept on the case as codes and facts
(signon.casework.findings).
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from signon.casework import domains, known, resembling
from signon.casework.findings import BOUNCED_MAIL, NOT_GATHERED, WARNS, Finding, read, weight
from signon.casework.known import Known
from signon.mail import addresses
from signon.models import Case, LedgerEntry, Message, Organization, SignOn, Suppression
from signon.naming import look_alikes, names

log = logging.getLogger(__name__)
State, Act = SignOn.State, LedgerEntry.Act

# So many sign-ons from one network within so long are a burst.
BURST, BURST_TIME = 10, timedelta(hours=1)
# So many sign-ons are named in a finding, and so many of one network counted.
MOST_NAMED, MOST_COUNTED = 10, 1000
# An older bounce tells nothing about the address now.
BOUNCED_WITHIN = timedelta(days=90)
# What could not be gathered is tried again after this time.
TRY_AGAIN_AFTER = timedelta(hours=1)
STRONG = {"organization_verified", "domain_recorded"}
# Beside what makes evidence strong, these still need a person, and so does all that warns.
NEEDS_A_PERSON = {
    "several_organizations", "domain_of_several", "another_address", "signed_already", "declined_before", "individual",
    NOT_GATHERED,
}  # fmt: skip


def gather(sign_on: SignOn) -> list[Finding]:
    """All evidence about a sign-on as things stand now. Writes nothing.

    Asks the database 30 times at most, however much there is; each further step of a chain of merges costs one more.
    """
    found: list[Finding] = []
    if sign_on.is_individual:
        found += [Finding("individual"), *_of_individual(sign_on)]
    else:
        here = known.under(sign_on)
        near = resembling.near(sign_on, here)
        found += [*_of_directory(here), *_of_domain(sign_on, here)]
        found += [*_of_others(sign_on, here, near), *resembling.findings(sign_on, here, near)]
        if mixed := look_alikes.mixed_words(sign_on.name_as_typed):
            found.append(Finding("mixed_script", {"words": mixed}))
    return [*found, *_of_mailbox(sign_on), *_of_network(sign_on)]


def known_organization(sign_on: SignOn) -> Organization | None:
    """The directory's current entry of this name, or other name, and country; None for individuals.

    Follows merges, and is never one that staff told apart from this name. Of several, the one whose own name it is.
    """
    return known.under(sign_on).organization


def is_strong(sign_on: SignOn, findings: Iterable[Finding]) -> bool:
    """Whether a statement that allows it may accept this sign-on without a person (docs/decisions/0014).

    Needs both the findings and the database as it is now to say that staff verified the organization before and
    recorded the address's domain for it. What the form says about itself plays no part, except against. `sign_on` is
    read anew by the caller, who holds the directory if it acts on the answer.
    """
    about = {finding.code: finding.facts.get("organization") for finding in findings}
    if not set(about) >= STRONG or NEEDS_A_PERSON & set(about) or any(weight(code) == WARNS for code in about):
        return False
    # Entered by staff or imported, an address was proved by nobody; what staff took in hand is theirs to decide.
    proved = sign_on.source == SignOn.Source.FORM and sign_on.confirmed_at is not None
    # A button under an invitation's link, which may have been forwarded, is less than one under a mail of its own.
    if sign_on.ledger.filter(act=LedgerEntry.Act.CONFIRMED, facts__how="invitation").exists():
        return False
    if sign_on.is_individual or sign_on.state != State.CONFIRMED or not proved or _is_in_hand(sign_on):
        return False
    here, domain = known.under(sign_on), domains.of_address(sign_on.email)
    if len(here.entries) != 1 or here.entries[0].verified_at is None or not domains.is_somebodys(domain):
        return False
    # Who recorded one domain for two knows that an address there may be of either.
    organization, owners = here.entries[0], known.owners(domain)
    if set(owners) != {organization.pk} or {about[code] for code in STRONG} != {organization.pk}:
        return False
    return _is_listed_as_known(sign_on, organization)


def gather_due(limit: int = 50) -> list[int]:
    """Gather and keep the evidence of up to `limit` cases that have none; returns the sign-ons that have it now.

    Workers side by side take different cases. One that fails is marked, logged, and tried again an hour later.
    """
    never = Q(gathered_at__isnull=True) & ~Q(sign_on__state=State.UNCONFIRMED)
    failed = Q(codes__contains=[NOT_GATHERED], gathered_at__lt=timezone.now() - TRY_AGAIN_AFTER)
    tried, done = 0, []
    for due in (never, failed):
        while tried < limit:
            with transaction.atomic():
                cases = Case.objects.select_for_update(of=["self"], skip_locked=True, no_key=True)
                case = cases.filter(due).select_related("sign_on").order_by("pk").first()
                if case is None:
                    break
                tried += 1
                if _gather_one(case):
                    done.append(case.pk)
    return done


def _gather_one(case: Case) -> bool:
    """Under the case's lock; whether there was something to gather, and it was."""
    ended = case.sign_on.state in (State.WITHDRAWN, State.EXPIRED)
    done, found = True, []
    try:
        with transaction.atomic():
            found = [] if ended else gather(case.sign_on)
    except Exception:
        log.exception("Evidence about sign-on %s could not be gathered", case.pk)
        done, found = False, [Finding(NOT_GATHERED)]
    # What signon.mail.bouncing wrote down meanwhile says more than what is looked up here.
    bounced = [finding for finding in read(case.findings) if finding.code == BOUNCED_MAIL]
    if bounced:
        found = [*(finding for finding in found if finding.code != BOUNCED_MAIL), *bounced]
    case.findings = [finding.kept() for finding in found]
    case.codes = list(dict.fromkeys(finding.code for finding in found))
    case.gathered_at = timezone.now()
    case.save(update_fields=["findings", "codes", "gathered_at"])
    return done and not ended


def _is_in_hand(sign_on: SignOn) -> bool:
    waits = sign_on.questions.filter(answered_at__isnull=True, dropped_at__isnull=True).exists()
    return waits or sign_on.ledger.filter(act__in=[Act.ASKED, Act.REOPENED]).exists()


def _is_listed_as_known(sign_on: SignOn, organization: Organization) -> bool:
    """Whether the acronym, which is listed with the name, is none or one that the directory knows."""
    known_names = [organization.acronym, organization.name, *organization.other_names.values_list("name", flat=True)]
    return not sign_on.acronym or names.search_key(sign_on.acronym) in map(names.search_key, known_names)


def _of_directory(here: Known) -> Iterator[Finding]:
    if len(here.entries) > 1:
        yield Finding("several_organizations", {"organizations": [entry.pk for entry in here.entries]})
    if here.organization:
        verified = here.organization.verified_at is not None
        yield _about("organization_verified" if verified else "organization_known", here.organization)


def _of_domain(sign_on: SignOn, here: Known) -> Iterator[Finding]:
    domain = domains.of_address(sign_on.email)
    if not domain:
        return
    if domains.is_disposable(domain):
        yield Finding("disposable", {"domain": domain})
        return
    if domains.is_free_mail(domain):
        yield Finding("free_mail", {"domain": domain})
        return
    yield from _of_recorded(domain, here)
    website = domains.of_website(sign_on.website or (here.organization.website if here.organization else ""))
    if website:
        yield Finding(_beside_website(domain, website), {"domain": domain, "website": website})


def _of_recorded(domain: str, here: Known) -> Iterator[Finding]:
    owners = known.owners(domain)
    if here.organization and here.organization.pk in owners:
        yield Finding("domain_recorded", {"domain": domain, "organization": here.organization.pk})
        if len(owners) > 1:
            yield Finding("domain_of_several", {"domain": domain, "organizations": list(owners)})
    elif owners:
        yield _about("domain_of_another", next(iter(owners.values())), domain=domain)
    elif above := known.owners_above(domain):
        yield _about("domain_below", next(iter(above.values())), domain=domain)


def _beside_website(domain: str, website: str) -> str:
    if domains.is_shared(website):
        return "website_shared"
    if not domains.registrable(domain) or domains.registrable(domain) != domains.registrable(website):
        return "domain_differs"
    one_in_the_other = domains.belongs(domain, website) or domains.belongs(website, domain)
    return "domain_matches" if one_in_the_other else "domain_beside"


def _of_others(sign_on: SignOn, here: Known, near: list[SignOn]) -> Iterator[Finding]:
    """Other sign-ons of the address, and of the organization on this statement."""
    decided = SignOn.objects.filter(state__in=[State.ACCEPTED, State.DECLINED], signer=SignOn.Signer.ORGANIZATION)
    decided = decided.exclude(pk=sign_on.pk)
    earlier = list(decided.at_address(sign_on.email).order_by("-pk")[:MOST_NAMED]) if sign_on.email else []
    standing = decided.filter(statement=sign_on.statement_id, organization=here.organization, state=State.ACCEPTED)
    of_it = [
        *(list(standing) if here.organization else []),
        *(one for one in near if resembling.is_same(one, sign_on, here)),
    ]
    accepted = [one for one in earlier if one.state == State.ACCEPTED]
    declined = [one for one in [*earlier, *of_it] if one.state == State.DECLINED]
    of_it = [one for one in of_it if one.state != State.DECLINED]
    own = {"", sign_on.email.lower()}
    for code, sign_ons in (
        ("representative_known", [one for one in accepted if resembling.is_same(one, sign_on, here)]),
        ("representative_of_another", [one for one in accepted if not resembling.is_same(one, sign_on, here)]),
        ("signed_already", [one for one in of_it if one.email.lower() in own]),
        ("another_address", [one for one in of_it if one.email.lower() not in own]),
        ("declined_before", declined),
    ):
        if sign_ons:
            yield Finding(code, {"sign_ons": sorted({one.pk for one in sign_ons}, reverse=True)[:MOST_NAMED]})


def _of_individual(sign_on: SignOn) -> Iterator[Finding]:
    domain = domains.of_address(sign_on.email)
    if domains.is_disposable(domain):
        yield Finding("disposable", {"domain": domain})
    others = SignOn.objects.filter(
        statement=sign_on.statement_id,
        state__in=[State.CONFIRMED, State.ACCEPTED],
        signer=sign_on.signer,
        search_key=sign_on.search_key,
        country=sign_on.country,
    )
    numbers = others.exclude(pk=sign_on.pk).order_by("pk").values_list("pk", flat=True)[:MOST_NAMED]
    if numbers:
        yield Finding(
            "likely_duplicate", {"alike": [{"sign_on": number, "score": 1.0, "why": "same name"} for number in numbers]}
        )


def _of_mailbox(sign_on: SignOn) -> Iterator[Finding]:
    """What bounced lately at exactly this address: with a tag that is not understood, another one bounces."""
    mailbox = addresses.mailbox(sign_on.email) if sign_on.email else ""
    if not mailbox:
        return
    suppressed = Suppression.objects.filter(mailbox=mailbox, reason=Suppression.Reason.BOUNCED)
    lifted = list(suppressed.values_list("lifted_at", flat=True))
    since = max([timezone.now() - BOUNCED_WITHIN, *filter(None, lifted)])
    mails = Message.objects.filter(mailbox=mailbox, created_at__gt=since, to_address__iexact=sign_on.email)
    bounced = mails.filter(state=Message.State.BOUNCED).order_by("-pk").first()
    status = re.search(r"\b[45]\.\d{1,3}\.\d{1,3}\b", bounced.answer) if bounced else None
    if bounced or None in lifted:
        yield Finding(BOUNCED_MAIL, {"kind": bounced.kind if bounced else "", "status": status[0] if status else ""})


def _of_network(sign_on: SignOn) -> Iterator[Finding]:
    """The most that came from its network in an hour that it lies in, whatever became of them."""
    if not sign_on.network:
        return
    near = (sign_on.created_at - BURST_TIME, sign_on.created_at + BURST_TIME)
    there = SignOn.objects.filter(network=sign_on.network, created_at__range=near).order_by("created_at")
    times = list(there.values_list("created_at", flat=True)[:MOST_COUNTED])
    begins = bisect_right(times, sign_on.created_at)
    most = max((bisect_right(times, times[at] + BURST_TIME) - at for at in range(begins)), default=0)
    if most >= BURST:
        yield Finding("burst", {"count": most})


def _about(code: str, organization: Organization, **facts: Any) -> Finding:
    return Finding(code, facts | {"organization": organization.pk, "name": str(organization)})

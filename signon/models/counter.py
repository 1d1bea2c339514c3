from __future__ import annotations

from collections import Counter as Numbers
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from signon.models.sign_on import SignOn

# CLDR's code for a region that is unknown, or is not told: who asked to be counted only has no country shown.
UNDISCLOSED = "ZZ"


@dataclass(frozen=True)
class Tally:
    """How many signatories a statement has: exact, and never computed by counting sign-ons."""

    organizations: int = 0
    countries: int = 0
    individuals: int = 0

    @property
    def total(self) -> int:
        return self.organizations + self.individuals


class CounterQuerySet(models.QuerySet["Counter"]):
    def tally(self) -> Tally:
        """Sums over these rows; regional, international and undisclosed ones add no country."""
        return tally_of(self)

    def join(self, *sign_ons: SignOn) -> None:
        """Count sign-ons that were accepted; the last UPDATEs of their transaction, always in the same order."""
        self._change(sign_ons, +1)

    def leave(self, *sign_ons: SignOn) -> None:
        """Count sign-ons no longer that were accepted until now; the last UPDATEs of their transaction."""
        self._change(sign_ons, -1)

    def _change(self, sign_ons: Iterable[SignOn], by: int) -> None:
        numbers = Numbers((each.statement_id, *place_of(each), each.is_individual) for each in sign_ons)
        for (statement, country, scope, individual), number in sorted(numbers.items()):
            column = "individuals" if individual else "organizations"
            row = self.filter(statement=statement, country=country, scope=scope)
            if not row.update(**{column: F(column) + by * number}):
                empty = Counter(statement_id=statement, country=country, scope=scope)
                Counter.objects.bulk_create([empty], ignore_conflicts=True)
                row.update(**{column: F(column) + by * number})


def tally_of(counters: Iterable[Counter]) -> Tally:
    """Sums over counters that were read already, as CounterQuerySet.tally says."""
    rows = list(counters)
    return Tally(
        organizations=sum(row.organizations for row in rows),
        countries=len({row.country for row in rows if row.organizations} - {"", UNDISCLOSED}),
        individuals=sum(row.individuals for row in rows),
    )


def place_of(sign_on: SignOn) -> tuple[str, str]:
    """Country and scope under which a sign-on is counted and listed; who is counted only has neither told."""
    if sign_on.listing == sign_on.Listing.COUNT:
        return UNDISCLOSED, ""
    return sign_on.country, "" if sign_on.country else sign_on.scope


class Counter(models.Model):
    """How many signatories a statement has in one country, or regional or international ones."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="counters")
    country = models.CharField(_("country"), max_length=2, blank=True)
    scope = models.CharField(_("scope"), max_length=13, blank=True)
    organizations = models.IntegerField(_("organizations"), default=0)
    individuals = models.IntegerField(_("individuals"), default=0)

    objects = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        constraints = [
            models.UniqueConstraint(fields=["statement", "country", "scope"], name="a_country_is_counted_in_one_row"),
            models.CheckConstraint(
                name="no_count_below_zero", condition=Q(organizations__gte=0) & Q(individuals__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country or self.scope}: {self.organizations}"

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from signon.models.ledger import LedgerEntry

Covered = tuple[int | None, int | None, int, str]


def digest_of_seal(previous: str, number: int, entries: Iterable[Covered]) -> str:
    """SHA-256 over the digest of the seal before, this one's number and what it covers.

    `entries` are (sign-on or None, statement or None, number, digest). A fourth list, of entries on statements, stands
    only where there are some: seals made before there were any are computed as they were.
    """
    known = list(entries)
    covered: list[object] = [previous, number]
    covered.append(sorted((on, entry, digest) for on, _of, entry, digest in known if on is not None))
    if of_statements := sorted((of, entry, digest) for on, of, entry, digest in known if of is not None):
        covered.append(of_statements)
    return hashlib.sha256(json.dumps(covered, separators=(",", ":")).encode()).hexdigest()


class Seal(models.Model):
    """A digest over ledger entries of many chains and the seal before: a chain removed whole breaks it.

    Only inserted, as are its rows. The newest seal's digest, held by an outsider, vouches for all before.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64)
    # No entry up to this id is looked for any more; what commits later than an hour after it began has none.
    settled = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.number}: {self.digest}"


class SealedEntry(models.Model):
    """One entry under one seal, with what names it should it ever be gone."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="entries")
    entry = models.OneToOneField(
        LedgerEntry, models.DO_NOTHING, related_name="sealed", db_constraint=False, primary_key=True
    )
    sign_on_number = models.BigIntegerField(null=True)
    statement_number = models.BigIntegerField(null=True)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("sealed entry")
        verbose_name_plural = _("sealed entries")
        constraints = [
            models.CheckConstraint(
                name="what_is_sealed_is_on_a_sign_on_or_a_statement",
                condition=models.Q(sign_on_number__isnull=False, statement_number__isnull=True)
                | models.Q(sign_on_number__isnull=True, statement_number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain}: entry {self.number}"

    @property
    def chain(self) -> str:
        """Whose chain the entry stands in."""
        return f"Statement {self.statement_number}" if self.sign_on_number is None else f"Sign-on {self.sign_on_number}"

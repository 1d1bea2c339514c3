from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signon.models.sign_on import SignOn


def digest_of_entry(
    previous: str,
    sign_on_id: int,
    number: int,
    act: str,
    by_id: int | None,
    at: datetime,
    facts: dict[str, Any],
) -> str:
    """SHA-256 over an entry and the digest before it; what verify_ledger computes again."""
    entry = [previous, sign_on_id, number, act, by_id, at.astimezone(UTC).isoformat(), facts]
    return hashlib.sha256(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class LedgerManager(models.Manager["LedgerEntry"]):
    def append(self, sign_on: SignOn, act: str, *, by: Any = None, **facts: Any) -> LedgerEntry:
        """Write the next entry of this sign-on's chain, in the caller's transaction.

        `facts` are ids and codes, never personal data: words go through `LedgerEntry.salted`. Two appends to
        one chain at once cannot both take the next number (a unique constraint); acts on one sign-on are
        already in turn, for each begins with an UPDATE of its row.
        """
        last = self.filter(sign_on=sign_on).order_by("-number").first()
        number, previous = (last.number + 1, last.digest) if last else (1, "")
        at = timezone.now()
        by_id = by.pk if by else None
        return self.create(
            sign_on=sign_on,
            number=number,
            act=act,
            by_id=by_id,
            at=at,
            facts=facts,
            previous=previous,
            digest=digest_of_entry(previous, sign_on.pk, number, act, by_id, at, facts),
        )

    def begin(self, sign_ons: Iterable[SignOn], act: str, *, by: Any, **facts: Any) -> None:
        """Write the first entry of many new chains at once."""
        self.bulk_create(self.first_entries(sign_ons, act, by=by, **facts))

    def first_entries(self, sign_ons: Iterable[SignOn], act: str, *, by: Any, **facts: Any) -> Iterator[LedgerEntry]:
        """The first entry of many new chains, not written yet."""
        at = timezone.now()
        for sign_on in sign_ons:
            yield LedgerEntry(
                sign_on=sign_on,
                number=1,
                act=act,
                by_id=by.pk,
                at=at,
                facts=facts,
                digest=digest_of_entry("", sign_on.pk, 1, act, by.pk, at, facts),
            )

    def append_to(self, sign_ons: Iterable[SignOn], act: str, *, by: Any, **facts: Any) -> None:
        """Write the next entry of many chains at once, whose sign-ons the caller has locked."""
        at = timezone.now()
        wanted = [sign_on.pk for sign_on in sign_ons]
        last = self.filter(sign_on__in=wanted).order_by("sign_on_id", "-number").distinct("sign_on_id")
        self.bulk_create(
            [
                LedgerEntry(
                    sign_on_id=each.sign_on_id,
                    number=each.number + 1,
                    act=act,
                    by_id=by.pk,
                    at=at,
                    facts=facts,
                    previous=each.digest,
                    digest=digest_of_entry(each.digest, each.sign_on_id, each.number + 1, act, by.pk, at, facts),
                )
                for each in last
            ],
            batch_size=2000,
        )


class LedgerEntry(models.Model):
    """One act on one sign-on: who, when, why. Only inserted (a database trigger refuses the rest)."""

    class Act(models.TextChoices):
        SIGNED = "signed", _("Signed")
        TYPED_AGAIN = "typed_again", _("Typed again before confirming")
        CONFIRMED = "confirmed", _("Confirmed")
        NOT_ME = "not_me", _("“This was not me”")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        REOPENED = "reopened", _("Decision taken back")
        IMPORTED = "imported", _("Imported")
        CORRECTED = "corrected", _("Listed name corrected")
        ASKED = "asked", _("Asked the representative")
        ANSWERED = "answered", _("The representative answered")
        QUESTION_DROPPED = "question_dropped", _("Question taken back")
        ASSIGNED = "assigned", _("Assigned")
        NOTED = "noted", _("Note written")
        TOLD_APART = "told_apart", _("Marked as two organizations")
        TOLD_APART_NO_MORE = "told_apart_no_more", _("No longer marked as two organizations")
        MERGED = "merged", _("Its organization was merged")
        MERGE_UNDONE = "merge_undone", _("The merge was undone")
        REAFFIRMED = "reaffirmed", _("Re-affirmed the amended text")
        QUOTE_ACCEPTED = "quote_accepted", _("Its quote was accepted")
        QUOTE_REFUSED = "quote_refused", _("Its quote was refused")

    sign_on = models.ForeignKey(SignOn, models.PROTECT, related_name="ledger")
    number = models.PositiveIntegerField(_("number"))
    act = models.CharField(_("act"), max_length=20, choices=Act)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    facts = models.JSONField(_("facts"), default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = LedgerManager()

    class Meta:
        ordering = ["sign_on", "number"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["sign_on", "number"], name="a_ledger_entry_has_a_number_of_its_own"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_act_display()}"

    @staticmethod
    def salted(sign_on: SignOn, words: str) -> str:
        """A digest of words that stand on the sign-on: once its salt is erased, nothing leads back to them."""
        return hashlib.sha256(f"{sign_on.ledger_salt}\n{words}".encode()).hexdigest() if words else ""

    def is_intact(self, previous: str) -> bool:
        """Whether this entry follows the digest `previous` and is as it was written."""
        return self.previous == previous and self.digest == digest_of_entry(
            previous, self.sign_on_id, self.number, self.act, self.by_id, self.at, self.facts
        )

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.one_trip import Query
from signon.models.proposal import Proposal
from signon.models.rare_keys import index_where_given
from signon.models.sign_on import SignOn


def digest_of_entry(
    previous: str,
    chain: int | str,
    number: int,
    act: str,
    by_id: int | None,
    at: datetime,
    facts: dict[str, Any],
) -> str:
    """SHA-256 over an entry and the digest before it; what verify_ledger computes again. `chain`: see `LedgerEntry`."""
    entry = [previous, chain, number, act, by_id, at.astimezone(UTC).isoformat(), facts]
    return hashlib.sha256(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


# Number and digest of an entry: what the next one follows.
Last = tuple[int, str]
NONE: Last = (0, "")


def last_of(sign_on: SignOn) -> Query:
    """The question for a sign-on's last entry, number and digest."""
    return (
        "SELECT number, digest FROM signon_ledgerentry WHERE sign_on_id = %s ORDER BY number DESC LIMIT 1",
        [sign_on.pk],
    )


class LedgerQuerySet(ReachedQuerySet["LedgerEntry"]):
    ways = ("sign_on__statement__campaign", "statement__campaign")
    right = "signon.view_ledgerentry"


class LedgerManager(models.Manager.from_queryset(LedgerQuerySet)):  # type: ignore[misc]
    def append(self, sign_on: SignOn, act: str, *, by: Any = None, **facts: Any) -> LedgerEntry:
        """Write the next entry of this sign-on's chain, in the caller's transaction.

        `facts` are ids and codes, never personal data: words go through `LedgerEntry.salted`. Two appends to
        one chain at once cannot both take the next number (a unique constraint); acts on one sign-on are
        already in turn, for each begins with an UPDATE of its row.
        """
        return self._append(LedgerEntry(sign_on=sign_on, act=act, facts=facts), by)

    def opening(self, sign_on: SignOn, act: str, **facts: Any) -> LedgerEntry:
        """The first entry of a sign-on that is made in this transaction, not written yet: nothing is looked up."""
        return self._next(LedgerEntry(sign_on=sign_on, act=act, facts=facts), NONE, None)

    def following(self, sign_on: SignOn, act: str, last: Last, **facts: Any) -> LedgerEntry:
        """The next entry of a sign-on whose `last` is known (`last_of`), not written yet; its row is locked."""
        return self._next(LedgerEntry(sign_on=sign_on, act=act, facts=facts), last, None)

    def append_to_statement(self, statement: Statement, act: str, *, by: Any = None, **facts: Any) -> LedgerEntry:
        """The same for a statement's own chain; the caller holds the statement's row."""
        return self._append(LedgerEntry(statement=statement, act=act, facts=facts), by)

    def _append(self, entry: LedgerEntry, by: Any) -> LedgerEntry:
        same = self.filter(sign_on=entry.sign_on_id, statement=entry.statement_id)
        last = same.order_by("-number").values_list("number", "digest").first()
        self._next(entry, last or NONE, by).save(force_insert=True)
        return entry

    def _next(self, entry: LedgerEntry, last: Last, by: Any) -> LedgerEntry:
        number, entry.previous = last
        entry.number = number + 1
        entry.at, entry.by_id = timezone.now(), by.pk if by else None
        entry.digest = entry.computed(entry.previous)
        return entry

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
                    digest=digest_of_entry(each.digest, each.sign_on_id or "", each.number + 1, act, by.pk, at, facts),
                )
                for each in last
            ],
            batch_size=2000,
        )


class LedgerEntry(models.Model):
    """One act on one sign-on or one statement: who, when, why. Only inserted (a trigger refuses the rest).

    Each has a chain of its own, named in digests by the sign-on's id, or by "statement" and the statement's.
    """

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
        ENTERED = "entered", _("Entered by staff")
        OBJECTED = "objected", _("The representative objected to the entry")
        ANSWERS_CORRECTED = "answers_corrected", _("The representative corrected answers to questions")
        PROPOSED = "proposed", _("A change was proposed")
        PROPOSAL_CONFIRMED = "proposal_confirmed", _("The new representative confirmed")
        PROPOSAL_DECLINED = "proposal_declined", _("The proposal was declined")
        PROPOSAL_ENDED = "proposal_ended", _("The proposal was taken back")
        HANDED_OVER = "handed_over", _("Another representative")
        LANGUAGE_CHANGED = "language_changed", _("Another language of mails")
        PROFILE_CHANGED = "profile_changed", _("Its organization’s people changed the profile")
        HELD = "held", _("Put on hold")
        RELEASED = "released", _("Released from hold")
        # Of a statement
        CIRCULATED = "circulated", _("Circulated by private link")
        PUT_BACK = "put_back", _("Taken back to be a draft")
        SCHEDULED = "scheduled", _("To open by itself")
        UNSCHEDULED = "unscheduled", _("Not to open by itself")
        OPENED = "opened", _("Opened")
        CLOSED = "closed", _("Closed")
        OPENED_AGAIN = "opened_again", _("Opened again")
        DEADLINE_MOVED = "deadline_moved", _("Deadline moved")
        DELIVERED = "delivered", _("Delivered")
        ANSWER_CAME = "answer_came", _("The addressee answered")
        ANSWER_CORRECTED = "answer_corrected", _("The addressee’s answer was corrected")
        ANSWER_REMOVED = "answer_removed", _("The addressee’s answer was removed")
        CONTACTS_FORGOTTEN = "contacts_forgotten", _("Contacts were erased: their time was over")
        RETRACTED = "retracted", _("Withdrawn from publication")
        CHANGED = "changed", _("Particulars changed")
        LOOKED_AT = "looked_at", _("Looked at before it opened")
        CONVENED = "convened", _("Conveners changed")
        LATE_LINK_MADE = "late_link_made", _("Link to sign late made")
        LATE_LINK_ENDED = "late_link_ended", _("Link to sign late ended")
        QUOTE_ACCEPTED = "quote_accepted", _("Its quote was accepted")
        QUOTE_REFUSED = "quote_refused", _("Its quote was refused")
        ERASED = "erased", _("Erased at the person’s own wish")

    OF_STATEMENTS: ClassVar[set[str]] = {
        Act.CIRCULATED, Act.PUT_BACK, Act.SCHEDULED, Act.UNSCHEDULED, Act.OPENED, Act.CLOSED, Act.OPENED_AGAIN,
        Act.DEADLINE_MOVED, Act.DELIVERED, Act.ANSWER_CAME, Act.RETRACTED, Act.CHANGED, Act.LOOKED_AT, Act.CONVENED,
        Act.LATE_LINK_MADE, Act.LATE_LINK_ENDED, Act.ANSWER_CORRECTED, Act.ANSWER_REMOVED, Act.CONTACTS_FORGOTTEN,
    }  # fmt: skip

    sign_on = models.ForeignKey(SignOn, models.PROTECT, related_name="ledger", null=True, db_index=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="ledger", null=True, db_index=False)
    number = models.PositiveIntegerField(_("number"))
    act = models.CharField(_("act"), max_length=20, choices=Act)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    facts = models.JSONField(_("facts"), default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = LedgerManager()

    class Meta:
        ordering = ["sign_on", "statement", "number"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["sign_on", "number"], name="a_ledger_entry_has_a_number_of_its_own"),
            models.UniqueConstraint(
                fields=["statement", "number"],
                condition=models.Q(statement__isnull=False),
                name="an_entry_on_a_statement_has_a_number_of_its_own",
            ),
            models.CheckConstraint(
                name="a_ledger_entry_is_on_a_sign_on_or_a_statement",
                condition=models.Q(sign_on__isnull=False, statement__isnull=True)
                | models.Q(sign_on__isnull=True, statement__isnull=False),
            ),
        ]
        # But for signing, which writes nothing here.
        indexes = [
            models.Index("act", "id", name="entries_by_act", condition=~models.Q(act="signed")),
            index_where_given("by", name="entries_by_who"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.words}"

    @property
    def words(self) -> str:
        """What was done; of a proposal, of what kind it is."""
        is_proposal = self.act in (self.Act.PROPOSED, self.Act.PROPOSAL_DECLINED, self.Act.PROPOSAL_ENDED)
        kind = dict(Proposal.Kind.choices).get(self.facts.get("kind", "")) if is_proposal else None
        told = {"act": self.get_act_display(), "kind": kind}
        return pgettext("ledger", "%(act)s: %(kind)s") % told if kind else str(told["act"])

    @staticmethod
    def salted(sign_on: SignOn, words: str) -> str:
        """A digest of words that stand on the sign-on: once its salt is erased, nothing leads back to them."""
        return hashlib.sha256(f"{sign_on.ledger_salt}\n{words}".encode()).hexdigest() if words else ""

    @classmethod
    def typed(cls, sign_on: SignOn) -> str:
        """A digest of what was typed: under which name, from where, with which address."""
        return cls.salted(sign_on, f"{sign_on.listed_name}\n{sign_on.country}\n{sign_on.email}")

    def is_intact(self, previous: str) -> bool:
        """Whether this entry follows the digest `previous` and is as it was written."""
        return self.previous == previous and self.digest == self.computed(previous)

    def computed(self, previous: str) -> str:
        """The digest that it has if it follows `previous`."""
        chain = self.sign_on_id or f"statement {self.statement_id}"
        return digest_of_entry(previous, chain, self.number, self.act, self.by_id, self.at, self.facts)

"""Why they sign: the answers that staff let stand on a statement's page as quotes (decision 38).

Beside them stand the public answers in words that were corrected after confirming (decision 50).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Statement
from signon import signatories
from signon.models import LedgerEntry, OwnAnswer, SignOn, User
from signon.signatories import Row

Quote, Act = OwnAnswer.Quote, LedgerEntry.Act
# A page shows the newest so many: they are voices, and no list.
SHOWN = 12


@dataclass(frozen=True)
class Shown:
    """A quote as strangers read it, and who says it, as they are listed."""

    words: str
    language: str
    by: Row


def shown(statement: Statement, language: str) -> list[Shown]:
    """The quotes on the statement's page, the one accepted last first; one query.

    It starts at `SignOn.objects.named()`: whoever withdrew is quoted no more, and who is only counted never is. Who
    stands without a name is quoted without it.
    """
    named = SignOn.objects.named().filter(statement=statement)
    answers = OwnAnswer.objects.filter(sign_on__in=named, question__is_quote=True, quote=Quote.ACCEPTED)
    newest = answers.select_related("sign_on").order_by("-quote_at", "-pk")[:SHOWN]
    return [Shown(each.value, each.sign_on.language, signatories.as_row(each.sign_on, language)) for each in newest]


def to_look_at(statement: Statement) -> QuerySet[OwnAnswer]:
    """Quotes and corrected public words of what is confirmed or accepted, those that nobody looked at first."""
    answers = OwnAnswer.objects.to_look_at().filter(question__statement=statement)
    return answers.select_related("sign_on", "question", "quote_by").order_by("-quote", "pk")


def decide(answer: OwnAnswer, to: str, *, by: User) -> bool:
    """Let a quote stand, or not (to `accepted` or `refused`); False where that is decided already."""
    act = {Quote.ACCEPTED: Act.QUOTE_ACCEPTED, Quote.REFUSED: Act.QUOTE_REFUSED}[Quote(to)]
    with transaction.atomic():
        sign_on = SignOn.objects.select_for_update(of=["self"], no_key=True).get(pk=answer.sign_on_id)
        others = OwnAnswer.objects.filter(pk=answer.pk, value=answer.value).exclude(quote=to)
        if not others.update(quote=to, quote_at=timezone.now(), quote_by=by):
            return False
        words = LedgerEntry.salted(sign_on, answer.value)
        LedgerEntry.objects.append(sign_on, act, by=by, question=answer.question_id, words=words)
    return True


def waiting(answers: Iterable[OwnAnswer]) -> int:
    """How many of these nobody has looked at."""
    return sum(answer.quote == Quote.WAITING for answer in answers)

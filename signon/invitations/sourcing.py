"""Which partner's link brought how many to a statement. Numbers alone: nothing here leads to a name."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from campaigns.models import Statement
from signon.models import SignOn, Source, User


class Taken(Exception):
    """Another partner of this statement has the code, or it is a reserved word."""


@dataclass(frozen=True)
class Brought:
    """How many came by one code: posted at all, confirmed by their representative, and accepted now.

    `source` is empty for what came by invitations' personal links (`code` "invitation") or by no link of a partner.
    """

    code: str
    source: Source | None
    posted: int = 0
    confirmed: int = 0
    accepted: int = 0


def make(statement: Statement, *, code: str, name: str, by: User) -> Source:
    """A partner's code; raises Taken."""
    try:
        with transaction.atomic():
            return Source.objects.create(statement=statement, code=code, name=name, created_by=by)
    except IntegrityError as error:
        raise Taken from error


def drop(source: Source) -> bool:
    """Forget a code that nobody came by; False where somebody did: its numbers would lose their name."""
    if SignOn.objects.filter(statement=source.statement_id, via=source.code).exists():
        return False
    source.delete()
    return True


def brought(statement: Statement) -> list[Brought]:
    """Every code with its numbers, by partner; then what invitations brought, and what came by no code. Two queries.

    Typed in a form: what came with an import or was entered by staff came by no link.
    """
    accepted = Q(state=SignOn.State.ACCEPTED, same_as=None)
    rows = (
        SignOn.objects.filter(statement=statement, source=SignOn.Source.FORM, same_as=None)
        .order_by()
        .values_list("via")
        .annotate(
            posted=Count("pk"),
            confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
            accepted=Count("pk", filter=accepted),
        )
    )
    numbers = {code: counted for code, *counted in rows}
    found = [Brought(each.code, each, *numbers.get(each.code, ())) for each in statement.sources.all()]
    return [*found, *(Brought(code, None, *numbers.get(code, ())) for code in (Source.INVITATION, ""))]


def brought_by_staff(statement: Statement) -> tuple[int, int]:
    """How many came with imports or were entered by hand, by no link at all, and how many of them are accepted now."""
    own = SignOn.objects.filter(statement=statement, same_as=None).exclude(source=SignOn.Source.FORM)
    counted = own.aggregate(all=Count("pk"), accepted=Count("pk", filter=Q(state=SignOn.State.ACCEPTED)))
    return counted["all"], counted["accepted"]

"""What waits for a member of staff at the desk beside sign-ons: comments, questions, quotes, holds, proposals.

Only reads.

Each is told to those whose right it is to deal with it, of statements that they reach.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from campaigns.models import Statement
from signon.models import Comment, Invitation, OwnAnswer, Proposal, Seat, SignOn, User

State = Statement.State
VERIFY, ORGANIZE, WRITE = "signon.verify_signon", "signon.organize_statement", "campaigns.change_statement"
# Who has one of these may have something to deal with.
RIGHTS = [VERIFY, ORGANIZE, WRITE]
# After closing the text stays, and nobody waits for what becomes of a comment on it.
TEXT_IS_WORKED_ON = [State.DRAFT, State.CIRCULATING, State.OPEN]


@dataclass(frozen=True)
class Pending:
    """So many "comments", "questions", "quotes", "proposals" or "holds" wait on a statement, or "claims" on none.

    `url` is without the site's address.
    """

    code: str
    statement: Statement | None
    number: int
    url: str

    @property
    def words(self) -> str:
        """How many of what, in the language that is active now."""
        if self.code == "comments":
            told = ngettext("%d comment is not settled", "%d comments are not settled", self.number)
        elif self.code == "questions":
            told = ngettext("%d invited organization asks a question", "%d invited organizations ask", self.number)
        elif self.code == "proposals":
            told = ngettext("%d change of a sign-on is proposed", "%d changes of sign-ons are proposed", self.number)
        elif self.code == "claims":
            told = ngettext(
                "%d organization’s people or name are to be decided",
                "%d claims and official names of organizations are to be decided",
                self.number,
            )
        elif self.code == "holds":
            told = ngettext("%d sign-on is on hold", "%d sign-ons are on hold", self.number)
        else:
            told = ngettext(
                "%d quote or corrected answer is to be read",
                "%d quotes or corrected answers are to be read",
                self.number,
            )
        return told % self.number


def sign_ons(user: User) -> QuerySet[SignOn]:
    """Those that wait for a decision that this member of staff may make."""
    return SignOn.objects.for_user(user).waiting() if user.has_perm(VERIFY) else SignOn.objects.none()


def waits(user: User) -> bool:
    """Whether anything at all waits for them."""
    return sign_ons(user).exists() or bool(beside_sign_ons(user)) or bool(claims(user))


def claims(user: User) -> int:
    """How many wait to act for an organization, or to give one another official name."""
    if not user.has_perm(VERIFY):
        return 0
    names = Proposal.objects.for_user(user).waiting().filter(organization__isnull=False)
    return Seat.objects.for_user(user).asked().count() + names.count()


def of_no_statement(user: User) -> list[Pending]:
    """What waits about the directory."""
    number = claims(user)
    return [Pending("claims", None, number, reverse("desk-claims"))] if number else []


def beside_sign_ons(user: User, statement: Statement | None = None) -> list[Pending]:
    """What waits on the statements that they reach, or on this one; at most six queries, eight with texts."""
    found = {code: _counted(rows, way, user, statement) for code, rows, way in _rows(user)}
    numbers = {pk for counted in found.values() for pk in counted}
    told = {statement.pk: statement} if statement else {}
    if statement is None and numbers:
        told = {each.pk: each for each in Statement.objects.filter(pk__in=numbers).prefetch_related("revisions__texts")}
    return [
        Pending(code, told[pk], number, _url(code, told[pk], user))
        for pk in sorted(numbers)
        for code, counted in found.items()
        if (number := counted.get(pk, 0))
    ]


def _rows(user: User) -> list[tuple[str, QuerySet, str]]:
    """What they may deal with, each with the way to its statement."""
    rows: list[tuple[str, QuerySet, str]] = []
    if user.has_perm(WRITE):
        states = {"convener__statement__state__in": TEXT_IS_WORKED_ON, "convener__removed_at": None}
        rows.append(("comments", Comment.objects.filter(settled_at=None, **states), "convener__statement"))
    if user.has_perm(ORGANIZE):
        asking = Invitation.objects.filter(state=Invitation.State.ASKS, erased_at=None)
        rows.append(("questions", asking.exclude(statement__state=State.WITHDRAWN), "statement"))
    if user.has_perm(VERIFY):
        held = SignOn.objects.filter(hold__released_at__isnull=True, state__in=["unconfirmed", "confirmed"])
        rows.append(("holds", held.exclude(hold=None), "statement"))
        proposed = (
            Proposal.objects.waiting().filter(organization=None).exclude(sign_on__statement__state=State.WITHDRAWN)
        )
        rows.append(("proposals", proposed, "sign_on__statement"))
        quotes = OwnAnswer.objects.to_look_at().filter(quote=OwnAnswer.Quote.WAITING)
        rows.append(("quotes", quotes.exclude(question__statement__state=State.WITHDRAWN), "question__statement"))
    return rows


def _counted(
    rows: QuerySet,
    way: str,
    user: User,
    statement: Statement | None,
) -> dict[int, int]:
    reached = rows.for_user(user)  # type: ignore[attr-defined]
    if statement is not None:
        reached = reached.filter(**{way: statement})
    return dict(reached.order_by().values_list(way).annotate(number=Count("pk", distinct=True)))


def _url(code: str, statement: Statement, user: User) -> str:
    if code == "comments":
        return reverse("desk-conveners" if user.has_perm(ORGANIZE) else "desk-text", args=[statement.slug])
    if code == "holds":
        return reverse("desk-holds")
    if code == "proposals":
        return f"{reverse('desk-queue')}?part=proposed&statement={statement.pk}"
    if code == "questions":
        asks = Invitation.State.ASKS.value
        return f"{reverse('desk-invitations', args=[statement.slug])}?state={asks}"
    return reverse("desk-quotes", args=[statement.slug])

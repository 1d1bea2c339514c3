"""How a sign-on came, as evidence beside its case: by a convener, by an invitation, or by somebody's hand.

Read when the page is shown and kept nowhere: who vouches, who invited and at which address are personal, and whom an
invitation went to is for organizers of the campaign alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.moments import day
from signon.casework import evidence
from signon.casework.findings import ASKS, SUPPORTS
from signon.invitations import replying
from signon.models import Convener, HandEntry, Invitation, LedgerEntry, SignOn, User

ORGANIZES = "signon.organize_statement"


@dataclass(frozen=True)
class WayIn:
    """One piece of evidence, shown as a finding is; `invitation` is for the link of who may open its page."""

    weight: str
    title: str
    why: str
    invitation: int | None = None


def of(sign_on: SignOn, user: User) -> list[WayIn]:
    """How it came, as this member of staff may read it; a fixed number of queries."""
    return [*_by_convener(sign_on), *_by_invitation(sign_on, user), *_by_hand(sign_on), *_handed_over(sign_on)]


def _by_convener(sign_on: SignOn) -> Iterator[WayIn]:
    conveners = list(Convener.objects.standing().filter(statement=sign_on.statement_id))
    linked = next((each for each in conveners if each.sign_on_id == sign_on.pk), None)
    if linked:
        why = _("It was signed by the private link of %(name)s, which convenes the statement.")
        yield WayIn(SUPPORTS, _("A convener"), why % {"name": linked})
        return
    organization = sign_on.organization or (evidence.known_organization(sign_on) if conveners else None)
    same = next((each for each in conveners if organization and each.organization_id == organization.pk), None)
    if same:
        why = _("%(name)s convenes the statement. This did not come by its private link.")
        yield WayIn(ASKS, _("A convener’s name"), why % {"name": same})


def _by_invitation(sign_on: SignOn, user: User) -> Iterator[WayIn]:
    # What confirmed it stands in the ledger; what an invitation points at moves on.
    confirmed = sign_on.ledger.filter(act=LedgerEntry.Act.CONFIRMED, facts__how="invitation").first()
    rows = Invitation.objects.sent().filter(statement=sign_on.statement_id).select_related("created_by")
    invited = rows.filter(pk=confirmed.facts.get("invitation")).first() if confirmed else None
    invited = invited or rows.filter(sign_on=sign_on).first() or rows.filter(perhaps=sign_on).first()
    by_link = _("It was confirmed by the link of its invitation, without a mail of its own.")
    if invited is None:
        if confirmed:
            yield WayIn(ASKS, _("An invited one"), by_link)
        return
    facts = {"name": invited, "who": invited.created_by, "day": day(invited.invited_at or invited.created_at)}
    said = [_("%(who)s invited %(name)s on %(day)s.") % facts]
    is_same = bool(invited.email) and invited.email.lower() == sign_on.email.lower()
    is_shown = user.has_perm(ORGANIZES, invited)
    if is_same:
        said.append(_("The link went to the signer’s own address."))
    elif invited.email:
        words = (
            _("The link went to another address: %(email)s.") if is_shown else _("The link went to another address.")
        )
        said.append(words % {"email": invited.email})
    if confirmed:
        said.append(by_link)
    is_beside = invited.perhaps_id == sign_on.pk
    if is_beside and replying.is_denied(invited):
        said.append(_("Under the invitation’s link somebody said that this was not them."))
    if is_beside and invited.state != Invitation.State.SIGNED:
        said.append(_("Whether it is the invited one is not decided yet."))
    is_its_own = invited.sign_on_id == sign_on.pk and not is_beside
    title = _("An invited one") if is_its_own else _("Perhaps an invited one")
    weight = SUPPORTS if is_same and is_its_own else ASKS
    yield WayIn(weight, title, " ".join(said), invited.pk if is_shown else None)


def _by_hand(sign_on: SignOn) -> Iterator[WayIn]:
    entry = HandEntry.objects.filter(pk=sign_on.pk).select_related("by").first()
    if entry is None:
        return
    facts = {"who": entry.by, "how": entry.get_channel_display(), "day": day(entry.said_on)}
    said = [_("Entered by %(who)s: %(how)s, %(day)s.") % facts]
    if entry.vouched_by:
        said.append(_("%(vouches)s vouches for it.") % {"vouches": entry.vouched_by})
    else:
        said.append(_("Who vouched for it was erased: its time was over."))
    if entry.objected_at:
        said.append(_("The representative objected."))
    yield WayIn(ASKS, _("Entered by hand"), " ".join(said))


def _handed_over(sign_on: SignOn) -> Iterator[WayIn]:
    changes = list(sign_on.ledger.filter(act=LedgerEntry.Act.HANDED_OVER).order_by("number"))
    if changes:
        why = _("On %(day)s the former one named this person by the link, who confirmed by a link of their own.")
        yield WayIn(ASKS, _("Another representative than who signed"), why % {"day": day(changes[-1].at)})

"""What is kept, and how long."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.mail import sources
from signon.models import (
    Hold,
    Invitation,
    InvitationNote,
    Inviting,
    LedgerEntry,
    Message,
    Proposal,
    Seat,
    SignInLimit,
    SignOn,
)
from signon.models.invitation import InvitationQuerySet
from signon.models.sign_on import new_key
from signon.people import devices
from signon.people.account_mail import FOR_ANYBODY

TOLD_FROM_WHERE = [Message.Kind.NEW_DEVICE, Message.Kind.ACCOUNT_CHANGED]


def expire_unconfirmed(limit: int = 1000) -> int:
    """End up to `limit` sign-ons that nobody confirmed in time, and blank what was typed; returns how many."""
    return sum(_expire(sign_on) for sign_on in unconfirmed(timezone.now()).order_by("expires_at")[:limit])


def unconfirmed(at: datetime) -> QuerySet[SignOn]:
    """Those that nobody will have confirmed in time at this moment."""
    return SignOn.objects.filter(state=SignOn.State.UNCONFIRMED, expires_at__lt=at)


@transaction.atomic
def _expire(sign_on: SignOn) -> bool:
    if not unconfirmed(timezone.now()).filter(pk=sign_on.pk).select_for_update(no_key=True).exists():
        return False  # typed again, or confirmed, since it was found
    blank = dict.fromkeys(SignOn.PERSONAL_DATA, "")
    blank["ledger_salt"] = new_key()  # nothing leads from the ledger's digests back to the words any more
    if sign_on.is_individual:
        blank |= {"listed_name": "", "search_key": "", "sort_key": ""}
    if not sign_on.move(SignOn.State.EXPIRED, ended_at=timezone.now(), **blank):
        return False
    sign_on.own_answers.all().delete()
    mailing.forget(sign_on.messages.all())
    LedgerEntry.objects.append(sign_on, LedgerEntry.Act.EXPIRED)
    return True


FORGOTTEN = "forgotten-"
# A burst from one network is seen within an hour; nobody needs to know of it after this.
NETWORKS_ARE_KEPT = timedelta(days=7)


def forget_networks() -> int:
    """Blank from which network a sign-on came, a week after it was signed; returns how many."""
    now = timezone.now()
    Hold.objects.filter(reason=Hold.Reason.NETWORK, placed_at__lt=now - NETWORKS_ARE_KEPT).exclude(
        subject__startswith=FORGOTTEN
    ).update(subject=Concat(Value(FORGOTTEN), Cast("pk", CharField())))
    return with_networks(now).update(network="")


def with_networks(at: datetime) -> QuerySet[SignOn]:
    """Those of which it is known still, and too long at this moment, from which network they came."""
    return SignOn.objects.exclude(network="").filter(created_at__lt=at - NETWORKS_ARE_KEPT)


def forget_ways_in() -> int:
    """Remove what the way in needs no more: ended sessions, limits, and whose address was typed that has no account.

    And from where somebody signed in.

    Returns how many sessions ended.
    """
    now = timezone.now()
    SignInLimit.objects.filter(expires__lt=now).delete()
    Message.objects.filter(kind__in=FOR_ANYBODY, user=None, created_at__lt=now - timedelta(days=1)).delete()
    # From before it was left out: of devices, and of mail that never went out (what went out has no words any more).
    devices.forget_addresses()
    old = Message.objects.filter(kind__in=TOLD_FROM_WHERE, state=Message.State.DEAD, body__contains='"network"')
    old.update(body="")
    Session.objects.filter(expire_date__lt=now).delete()
    return UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]


PROPOSALS_ARE_KEPT = timedelta(days=90)
LINKS_STAND = timedelta(days=30)


def forget_proposals() -> int:
    """End what no new representative confirmed in 30 days, and remove what is settled after 90; returns how many went.

    The ledger keeps that it was, without a name.
    """
    now = timezone.now()
    late_proposals(now).update(state=Proposal.State.ENDED, link_key=new_key())
    return settled_proposals(now).delete()[0]


def late_proposals(at: datetime) -> QuerySet[Proposal]:
    """Those whose new representative will not have confirmed in time at this moment."""
    return Proposal.objects.filter(state=Proposal.State.ASKED, made_at__lt=at - LINKS_STAND)


def settled_proposals(at: datetime) -> QuerySet[Proposal]:
    """Those that will have been settled for too long: decided so long ago, or made, where nobody decided."""
    settled = Proposal.objects.exclude(state__in=Proposal.OPEN).alias(over=Coalesce("decided_at", "made_at"))
    return settled.filter(over__lt=at - PROPOSALS_ARE_KEPT)


LINK_MAIL_IS_KEPT = timedelta(days=2)


def link_mail(at: datetime) -> QuerySet[Message]:
    """Mail that whoever typed an address caused, too old at this moment: limits need it no more.

    Most of these addresses nobody has ever signed with.
    """
    kinds = [Message.Kind.LINKS, Message.Kind.RIGHTS]
    return Message.objects.filter(kind__in=kinds, sign_on=None, created_at__lt=at - LINK_MAIL_IS_KEPT)


def forget_link_mail() -> int:
    """Remove it; returns how many."""
    found = list(link_mail(timezone.now()).values_list("pk", flat=True))
    Message.objects.filter(pk__in=found).delete()
    return len(found)


SEATS_ARE_KEPT = timedelta(days=90)
OFFERS_STAND = timedelta(days=30)


def forget_seats() -> int:
    """Remove seats that ended, or were declined, 90 days ago, and offers that nobody took in 30; returns how many."""
    return old_seats(timezone.now()).delete()[0]


def old_seats(at: datetime) -> QuerySet[Seat]:
    """Those that will have ended, or have been offered, too long ago at this moment."""
    ended = Q(ended_at__lt=at - SEATS_ARE_KEPT)
    return Seat.objects.filter(ended | Q(state=Seat.State.INVITED, made_at__lt=at - OFFERS_STAND))


OVER = [Statement.State.DELIVERED, Statement.State.ANSWERED, Statement.State.WITHDRAWN]


def forget_invited() -> int:
    """Blank the contacts of invitations INVITATION_CONTACT_DAYS after their statement was over; returns how many.

    Which organization was asked and what came of it stays, without a word that anybody wrote. Planned rows go whole.
    An opt-out stays, or it could not be kept.
    """
    now = timezone.now()
    over = Statement.objects.filter(state__in=OVER, invitations__isnull=False).distinct()
    Inviting.objects.bulk_create([Inviting(statement=each) for each in over], ignore_conflicts=True)
    Inviting.objects.filter(statement__in=over, over_since=None).update(over_since=now)
    Inviting.objects.exclude(statement__state__in=OVER).exclude(over_since=None).update(over_since=None)
    return forget_invitations(invited(now))


def invited(at: datetime) -> InvitationQuerySet:
    """Invitations that hold contacts still, whose statement will have been over for too long at this moment."""
    long_over = Inviting.objects.filter(over_since__lt=at - timedelta(days=settings.INVITATION_CONTACT_DAYS))
    return Invitation.objects.filter(erased_at=None, statement__in=long_over.values("statement"))


def forget_invitations(invitations: InvitationQuerySet) -> int:
    """Blank what these hold of their contacts, once; planned rows go whole. Returns how many were blanked."""
    found = invitations.filter(erased_at=None)
    found.planned().delete()
    return sum(_forget_invited(pk) for pk in list(found.values_list("pk", flat=True)))


@transaction.atomic
def _forget_invited(pk: int) -> int:
    if not sources.hold(Invitation.objects.filter(pk=pk, erased_at=None)).exists():
        return 0
    mailing.forget(Message.objects.filter(invitation=pk))
    InvitationNote.objects.filter(invitation=pk).delete()
    blank = dict.fromkeys(Invitation.PERSONAL_DATA - {"problems", "notes"}, "")
    return Invitation.objects.filter(pk=pk, erased_at=None).update(
        **blank, problems=[], notes=[], mail_wanted_at=None, link_key=new_key(), erased_at=timezone.now()
    )

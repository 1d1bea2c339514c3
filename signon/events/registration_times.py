"""What time does to registrations: reminders, places that came free, and the end of what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Event
from signon import mailing
from signon.events import registering, registration_mail
from signon.mail import sources
from signon.models import Message, Registration
from signon.models.sign_on import new_key

State = Registration.State
REMINDED_BEFORE = timedelta(days=1)
# Who got a place less than so long before the reminder's moment knows it still.
KNOWS_IT_STILL = timedelta(days=1)


def remind() -> int:
    """Compose what reminds of events that begin within a day, once; returns how many. Safe to repeat."""
    now = timezone.now()
    soon = Event.objects.published().filter(starts_at__gt=now, starts_at__lte=now + REMINDED_BEFORE)
    return sum(_remind_of(event) for event in soon)


@transaction.atomic
def _remind_of(event: Event) -> int:
    before = event.starts_at - REMINDED_BEFORE - KNOWS_IT_STILL
    comes = sources.hold(event.registrations.registered().filter(registered_at__lte=before).exclude(email=""))
    wanted = [
        mailing.draft(
            Message.Kind.EVENT_REMINDER,
            key=f"event_reminder:{each.pk}:{registration_mail.day(event)}",
            to=each.email,
            language=each.language,
            registration=each,
            expires_at=event.starts_at,
        )
        for each in comes
    ]
    return len(mailing.queue(wanted)) if wanted else 0


def move_up() -> int:
    """Give what places are free of coming events to who waits, whatever made them free; returns how many."""
    coming = Event.objects.published().filter(starts_at__gt=timezone.now(), registrations__state=State.WAITING)
    return sum(_move_up(number) for number in coming.order_by("pk").values_list("pk", flat=True).distinct())


@transaction.atomic
def _move_up(number: int) -> int:
    return len(registering.fill(registering.hold_event(number)))


def forget() -> int:
    """Remove what nobody confirmed in time, and erase the words of registrations for events long over.

    Returns how many. Of the latter it stays known that somebody came: not who.
    """
    now = timezone.now()
    erased = [_erase(number) for number in long_over(now).values_list("pk", flat=True)]
    late = now - registering.TIME_TO_CONFIRM
    removed = [_remove(number, late) for number in list(unconfirmed(now).values_list("pk", flat=True))]
    return sum(removed) + sum(erased)


def long_over(at: datetime) -> QuerySet[Registration]:
    """Those whose words stand still, for events that will be long over at this moment."""
    over = Event.objects.filter(ends_at__lt=at - timedelta(days=settings.REGISTRATION_DAYS))
    return Registration.objects.filter(event__in=over, erased_at=None)


def unconfirmed(at: datetime) -> QuerySet[Registration]:
    """Those that will not have been confirmed in time at this moment; a "this was not me" stays while it stops mail."""
    late = at - registering.TIME_TO_CONFIRM
    waited = Q(state=State.UNCONFIRMED) & (Q(created_at__lt=late) | Q(event__starts_at__lte=at))
    return Registration.objects.filter(waited | Q(state=State.CANCELED, confirmed_at=None, canceled_at__lt=late))


@transaction.atomic
def _remove(number: int, late: datetime) -> bool:
    """Its mails go with it."""
    own = Registration.objects.filter(pk=number, confirmed_at=None)
    found = own.select_for_update(of=["self"], no_key=True).select_related("event").first()
    if found is None:
        return False  # confirmed since it was found
    typed_again = found.state == State.UNCONFIRMED and found.created_at >= late
    if typed_again and found.event.starts_at > timezone.now():
        return False
    found.delete()
    return True


@transaction.atomic
def _erase(number: int) -> bool:
    if not sources.hold(Registration.objects.filter(pk=number, erased_at=None)).exists():
        return False
    mailing.forget(Message.objects.filter(registration=number))
    blank = dict.fromkeys(Registration.PERSONAL_DATA, "")
    found = Registration.objects.filter(pk=number, erased_at=None)
    return bool(found.update(**blank, link_key=new_key(), erased_at=timezone.now()))

"""What somebody who comes to an event does: register, confirm, say "this was not me", cancel; and who gets a place.

Places are given under a lock of the event's row. Who also holds a mailbox takes that first.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaigns.models import Event
from signon import mailing
from signon.events import registration_mail
from signon.mail import asking, limits
from signon.models import ConsentText, Message, Registration, User
from signon.privacy import consenting

State, Kind = Registration.State, Message.Kind
TIME_TO_CONFIRM = timedelta(hours=72)
# What says again where a registration stands, when somebody registers once more.
_SAYS = {
    State.UNCONFIRMED: Kind.REGISTRATION,
    State.REGISTERED: Kind.REGISTERED,
    State.WAITING: Kind.WAITING_LIST,
}
_LOST = [Message.State.DEAD, Message.State.BOUNCED, Message.State.SUPPRESSED, Message.State.CANCELED]


class NotOpen(Exception):
    """The event takes no registrations at this moment."""


class TypedAgain(Exception):
    """Something else was typed since the page was shown: show it, and ask once more."""


class CannotConfirm(Exception):
    """The link confirms nothing any more; `reason` is a code for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def register(event: Event, *, name: str, organization: str, email: str, language: str) -> Registration:
    """Record a registration and queue the mail that asks to confirm it; nothing is sent here. Raises NotOpen.

    Who registers again replaces what waits; who has confirmed gets a mail that says where they stand, and nothing of
    it changes. The caller shows the same page in each case and must not tell them apart.
    """
    if not event.is_open_to_register():
        raise NotOpen
    typed: dict[str, object] = {"name": name, "organization": organization, "language": language, "email": email}
    with transaction.atomic():
        limits.hold_mailbox(email)
        agreed = consenting.shown(ConsentText.Form.REGISTRATION, language, days=settings.REGISTRATION_DAYS)
        own = Registration.objects.at_address(email).filter(event=event).exclude(state=State.CANCELED)
        found = own.select_for_update(no_key=True).first()
        if found is None:
            found = Registration.objects.create(event=event, consent_text=agreed, **typed)
        elif found.state == State.UNCONFIRMED:
            is_new = any(getattr(found, key) != value for key, value in typed.items())
            version = found.version + is_new
            Registration.objects.filter(pk=found.pk).update(
                **typed, consent_text=agreed, version=version, created_at=timezone.now()
            )
            found.refresh_from_db()
        if not _may_not_be_asked(found) and limits.may_be_mailed(email):
            tell(found, _SAYS[State(found.state)])
    return found


def confirm(registration: Registration, *, version: int) -> None:
    """The person has pressed the button below what they were shown, which was `version`.

    They have a place if one is free, else they wait in line. Raises CannotConfirm (used, canceled, expired, closed) or
    TypedAgain.
    """
    with transaction.atomic():
        event = hold(registration)
        reason = why_not(registration)
        if reason:
            raise CannotConfirm(reason)
        if registration.version != version:
            raise TypedAgain
        take_place(registration, event)


def take_place(registration: Registration, event: Event) -> None:
    """Put it at the end of the line of an event that is held, let the line move, and mail what came of it."""
    now = timezone.now()
    Registration.objects.filter(pk=registration.pk).update(state=State.WAITING, confirmed_at=now)
    mailing.cancel(registration.messages.all())
    for each in move_up(event):
        tell(each, Kind.REGISTERED if each.pk == registration.pk else Kind.PLACE_FREE)
    registration.refresh_from_db()
    if registration.state == State.WAITING:
        tell(registration, Kind.WAITING_LIST)


def correct(registration: Registration, *, name: str, organization: str) -> bool:
    """Write who comes anew; the place stays. Returns whether it was done: only what stands is corrected."""
    own = Registration.objects.standing().filter(pk=registration.pk)
    done = own.update(name=name, organization=organization)
    registration.refresh_from_db()
    return bool(done)


def why_not(registration: Registration) -> str:
    """Why a confirm link does nothing any more, as a code for its page; "" where it still confirms."""
    if registration.stands:
        return "used"
    if registration.state == State.CANCELED:
        return "canceled"
    if not registration.event.is_open_to_register():
        return "closed"
    return "expired" if timezone.now() > registration.created_at + TIME_TO_CONFIRM else ""


def cancel(registration: Registration, *, by: User | None = None) -> list[Registration] | None:
    """Take it back; the first in line gets the place at once. Returns who moved up; None where it was over before.

    `by` is a member of staff, where it is not the person: then they get a mail that says so.
    """
    with transaction.atomic():
        try:
            event = hold(registration)
        except CannotConfirm:
            return None
        if registration.state == State.CANCELED:
            return None
        mailing.cancel(registration.messages.all())
        Registration.objects.filter(pk=registration.pk).update(
            state=State.CANCELED, canceled_at=timezone.now(), canceled_by=by
        )
        registration.refresh_from_db()
        if by is not None:
            tell(registration, Kind.REGISTRATION_CANCELED)
        return fill(event)


def is_full(event: Event) -> bool:
    """Whether who registers now comes on the waiting list; as it is at this moment."""
    if event.places is None:
        return False
    own = Registration.objects.filter(event=event)
    return own.standing().count() >= event.places


def fill(event: Event) -> list[Registration]:
    """Give free places of an event that is held to the first in line, with their mails; returns who they are."""
    moved = move_up(event)
    for each in moved:
        tell(each, Kind.PLACE_FREE)
    return moved


def move_up(event: Event) -> list[Registration]:
    """Give free places of an event that is held to the first in line, until it begins; their mails are the caller's."""
    now = timezone.now()
    if not event.is_published(now) or now >= event.starts_at:
        return []
    own = Registration.objects.filter(event=event)
    free = None if event.places is None else max(event.places - own.registered().count(), 0)
    moved = list(own.in_line()[:free])
    numbers = [each.pk for each in moved]
    Registration.objects.filter(pk__in=numbers).update(state=State.REGISTERED, registered_at=now)
    for each in moved:
        each.state, each.registered_at, each.event = State.REGISTERED, now, event
    return moved


def hold(registration: Registration) -> Event:
    """The event, and the registration as it is now, until the transaction's end; one who gives places at a time.

    Raises CannotConfirm (expired) where its time ended and it was removed since it was read.
    """
    event: Event = hold_event(registration.event_id)
    if not Registration.objects.select_for_update(no_key=True).filter(pk=registration.pk).exists():
        raise CannotConfirm("expired")
    registration.refresh_from_db()
    registration.event = event
    return event


def hold_event(number: int) -> Event:
    """The event of this id as it is now; until the transaction's end nobody else gives its places."""
    held: Event = Event.objects.select_for_update(no_key=True).get(pk=number)
    return held


def tell(registration: Registration, kind: str) -> Message | None:
    """Queue a mail of this kind and note what of the event it tells.

    Nothing is queued for who left no address: that a place is theirs, somebody tells them (registration_desk). The same
    kind goes out again only where the one before is older than an hour, or lost.
    """
    if not registration.email:
        if kind == Kind.PLACE_FREE:
            registration.told = ""
            registration.save(update_fields=["told"])
        return None
    before = registration.messages.filter(kind=kind)
    lately = before.filter(created_at__gt=timezone.now() - asking.ONE_LINK_IN).exclude(state__in=_LOST)
    if kind in _SAYS.values() and lately.exists():
        return None
    if kind != Kind.REGISTRATION:
        registration.told = registration_mail.facts(registration.event, registration.language)
        Registration.objects.filter(pk=registration.pk).update(told=registration.told)
    return mailing.compose(
        kind,
        key=f"{kind}:{registration.pk}:{before.count()}",
        to=registration.email,
        language=registration.language,
        registration=registration,
    )


def _may_not_be_asked(registration: Registration) -> bool:
    """Whether the mailbox's owner said a short while ago that it was not them who registered."""
    since = timezone.now() - asking.QUIET_AFTER_NOT_ME
    said_no = Registration.objects.at_address(registration.email).filter(
        event=registration.event_id, state=State.CANCELED, confirmed_at=None, canceled_at__gt=since
    )
    return registration.state == State.UNCONFIRMED and said_no.exists()

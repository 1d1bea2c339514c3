"""Registrations at the desk: who comes, entered and canceled by hand, told of changes, taken along as a list."""

from __future__ import annotations

import io
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import publishing
from campaigns.models import Event
from signon import exporting, mailing
from signon.events import registering, registration_mail
from signon.exports.list_writers import write_csv
from signon.mail import limits
from signon.models import Export, Message, Registration, User
from signon.models.registration import RegistrationQuerySet

State, Kind = Registration.State, Message.Kind
_LOST = [Message.State.BOUNCED, Message.State.DEAD, Message.State.SUPPRESSED]


class Taken(Exception):
    """This address is registered for the event already."""


class Changed(Exception):
    """The event was changed since the page was read: what would be mailed is not what was seen."""


def change(event: Event, *, by: User, **fields: Any) -> list[Registration]:
    """As publishing.change; who waits moves up at once where there are more places now. Returns who moved up."""
    with transaction.atomic():
        registering.hold_event(event.pk)
        publishing.change(event, by=by, **fields)
        return registering.fill(event)


def numbers(event: Event) -> dict[str, int]:
    """How many there are in each state."""
    counted = Registration.objects.filter(event=event).order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(State.values, 0) | dict(counted)


def listed(event: Event, state: str = "", query: str = "") -> QuerySet[Registration]:
    """Those in a state (else all that stand), whose name or organization has what was typed in it, or whose address or
    its domain it is.

    Who has a place by name, the waiting list in its order, the others by when they came in. `is_unreachable` is said of
    each: whether a mail to them came back, or was given up; `is_untold`, whether they are in `untold`.
    """
    lost = Message.objects.filter(registration=OuterRef("pk"), state__in=_LOST)
    own = Registration.objects.filter(event=event).select_related("added_by", "canceled_by")
    own = own.annotate(is_unreachable=Exists(lost), is_untold=Exists(untold(event).filter(pk=OuterRef("pk"))))
    found = own.filter(state=state) if state else own.standing()
    for word in query.split():
        found = found.filter(Q(name__icontains=word) | Q(organization__icontains=word) | Q(email__found=word))
    if state == State.WAITING:
        return found.order_by("confirmed_at", "pk")
    return found.order_by("state", "name", "pk") if state in ("", State.REGISTERED) else found


def untold(event: Event) -> RegistrationQuerySet:
    """Who stands and was told another time or place, or not yet that it was called off; nobody once it has begun."""
    own = Registration.objects.filter(event=event, event__starts_at__gt=timezone.now()).standing()
    return own.exclude(_knows(event))


def _knows(event: Event) -> Q:
    facts = registration_mail.all_facts(event).items()
    return reduce(or_, (Q(language=code, told=told) for code, told in facts))


def tell(event: Event, *, seen: str) -> int:
    """Mail to everybody who was told something else what of the event is so now; returns to how many.

    `seen` is registration_mail.mark_of what the page showed; raises Changed. Who left no address is not told.
    """
    with transaction.atomic():
        held = registering.hold_event(event.pk)
        if registration_mail.mark_of(held) != seen:
            raise Changed
        kind = Kind.EVENT_CHANGED if held.is_published() else Kind.EVENT_CALLED_OFF
        found = list(untold(held).exclude(email=""))
        occasion = f"{timezone.now():%Y%m%d%H%M%S%f}"
        mailing.queue(
            [
                mailing.draft(
                    kind,
                    key=f"{kind}:{each.pk}:{occasion}",
                    to=each.email,
                    language=each.language,
                    registration=each,
                )
                for each in found
            ]
        )
        for code, facts in registration_mail.all_facts(held).items():
            own = [each.pk for each in found if each.language == code]
            Registration.objects.filter(pk__in=own).update(told=facts)
    return len(found)


def told_by_hand(registration: Registration) -> None:
    """Somebody called whoever left no address: they know what is so now, and that they have a place."""
    facts = registration_mail.facts(registration.event, registration.language)
    Registration.objects.filter(pk=registration.pk).update(told=facts)


def enter(event: Event, *, by: User, name: str, organization: str, email: str, language: str) -> Registration:
    """Enter somebody who called: confirmed by staff, with a place or in line. Raises Taken and registering.NotOpen."""
    typed = {"name": name, "organization": organization, "email": email, "language": language}
    with transaction.atomic():
        if email:
            limits.hold_mailbox(email)
        held = registering.hold_event(event.pk)
        if not held.is_open_to_register():
            raise registering.NotOpen
        own = Registration.objects.at_address(email).filter(event=held).exclude(state=State.CANCELED)
        found = own.select_for_update(no_key=True).first() if email else None
        if found is not None and found.stands:
            raise Taken
        facts = registration_mail.facts(held, language)
        if found is None:
            found = Registration.objects.create(event=held, added_by=by, told=facts, **typed)
        else:
            Registration.objects.filter(pk=found.pk).update(added_by=by, told=facts, **typed)
            found.refresh_from_db()
        registering.take_place(found, held)
    return found


def as_csv(event: Event, *, by: User, state: str = "", query: str = "") -> tuple[bytes, str]:
    """The list as a CSV file, and its name; on record with who took it, which rows, and its digest."""
    rows = [
        [
            each.name,
            each.organization,
            each.email,
            each.language,
            each.get_state_display(),
            _moment(each.confirmed_at),
            _moment(each.registered_at),
            _("yes") if each.added_by else "",
        ]
        for each in listed(event, state, query)
    ]
    header = [
        _("Name"), _("Organization"), _("E-mail address"), _("Language"), _("State"), _("Confirmed (UTC)"),
        _("Got a place (UTC)"), _("Entered by staff"),
    ]  # fmt: skip
    file = io.BytesIO()
    write_csv([header, *rows], file)
    asked = {"event": event.slug, "state": state} | ({"query": "…"} if query else {})
    exporting.record(
        file.getvalue(),
        len(rows),
        Export.Format.CSV,
        by=by,
        asked=asked,
        contacts=True,
        way=Export.Way.AT_ONCE,
        campaign=event.campaign,
    )
    return file.getvalue(), f"{event.slug}-{timezone.now():%Y-%m-%d}.csv"


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""

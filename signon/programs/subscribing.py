"""What staff do with webhooks: add and change one, show its secret once, change that, try it out, stop it, go on."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from campaigns.models import Statement
from signon.models import Announcement, User, Webhook
from signon.models.webhook import new_secret
from signon.programs import announcements, announcing

State = Announcement.State
# So long after a change the earlier secret signs too.
BOTH_SECRETS_FOR = timedelta(days=1)


@transaction.atomic
def add(webhook: Webhook, statements: Iterable[Statement]) -> None:
    """Announce at an address from now on; of all statements where none are given."""
    webhook.save()
    webhook.statements.set(statements)


@transaction.atomic
def change(webhook: Webhook, statements: Iterable[Statement]) -> None:
    """Save its address and what it is told, of which statements; no stop and no new secret is undone by it."""
    webhook.save(update_fields=["url", "tells_of_accepted", "tells_of_withdrawn"])
    webhook.statements.set(statements)


def reveal(webhook: Webhook) -> str:
    """The secret, to whoever asks first; "" once it was shown."""
    hidden = Webhook.objects.filter(pk=webhook.pk, secret_shown_at=None)
    return webhook.secret if hidden.update(secret_shown_at=timezone.now()) else ""


def change_secret(webhook: Webhook) -> None:
    """Sign with a new secret, and with the earlier one for a day more."""
    now = timezone.now()
    Webhook.objects.filter(pk=webhook.pk, secret=webhook.secret).update(
        secret=new_secret(),
        secret_shown_at=None,
        earlier_secret=webhook.secret,
        earlier_ends_at=now + BOTH_SECRETS_FOR,
    )


def test(webhook: Webhook) -> None:
    """Send something that tells of nobody."""
    Webhook.objects.filter(pk=webhook.pk).update(rests_until=None)
    key = f"{webhook.pk}:{Announcement.Event.TEST}:{secrets.token_hex(8)}"
    announcing.queue([Announcement(key=key, webhook=webhook, event=Announcement.Event.TEST)])


def stop(webhook: Webhook, *, by: User) -> None:
    """Send nothing there any more, and cancel what waits."""
    announcements.stop(webhook, f"by {by}")


def go_on(webhook: Webhook) -> None:
    """Announce there again, from now on; what happened meanwhile stands in the API's list."""
    Webhook.objects.filter(pk=webhook.pk).update(stopped_at=None, why="", failures=0, rests_until=None)


def try_again(announcement: Announcement) -> bool:
    """Send once more what was given up; returns whether it was given up until now."""
    dead = Announcement.objects.filter(pk=announcement.pk, state=State.DEAD, webhook__stopped_at=None)
    queued = announcing.note(dead, State.QUEUED, "tried again by staff", due_at=timezone.now(), tries=0)
    Webhook.objects.filter(pk=announcement.webhook_id).update(rests_until=None)
    return bool(queued)

"""Celery's entry points: each calls one verb, and each may run twice, or side by side."""

from celery import shared_task

from signon import mailing, retention, sealing


@shared_task
def deliver_due() -> int:
    """Send every message that is due; returns how many were sent."""
    sent = 0
    while claimed := mailing.claim():
        sent += mailing.deliver(claimed)
    return sent


@shared_task
def expire_unconfirmed() -> int:
    """End what nobody confirmed in time; returns how many."""
    return retention.expire_unconfirmed()


@shared_task
def seal_ledger() -> int:
    """Cover what was written since the last seal; returns the new seal's number, 0 where there was nothing to cover."""
    made = sealing.seal()
    return made.number if made else 0

"""Celery's entry points: each calls one verb, and each may run twice, or side by side."""

import time

from celery import shared_task

from signon import lanes, mailing, retention, sealing, waking

# A lane that its rate holds up for no longer than this is waited for.
PATIENCE = 5.0


@shared_task
def deliver_due() -> None:
    """Send the transactional mail that is due."""
    _deliver("transactional")


@shared_task
def deliver_bulk() -> None:
    """Send the mail to many that is due."""
    _deliver("bulk")


def _deliver(lane: str) -> None:
    more = mailing.deliver_due(lane)
    pause = lanes.wait(lane)
    if 0 < pause < PATIENCE:
        time.sleep(pause)
        more = True
    if more:
        waking.wake(lane)


@shared_task
def expire_unconfirmed() -> int:
    """End what nobody confirmed in time; returns how many."""
    return retention.expire_unconfirmed()


@shared_task
def seal_ledger() -> int:
    """Cover what was written since the last seal; returns the new seal's number, 0 where there was nothing to cover."""
    made = sealing.seal()
    return made.number if made else 0

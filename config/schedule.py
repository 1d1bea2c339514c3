"""What beat starts: how often, and in which workers' queue. Each sweep finds what a lost wake-up left."""

from typing import Any

# What it is for, the task in signon.tasks, seconds between two, the queue.
_SWEEPS = (
    ("sweep the outbox", "deliver_due", 10.0, "mail"),
    ("sweep the bulk mail", "deliver_bulk", 10.0, "bulk"),
    ("compose what mailings still owe", "compose_mailings", 30.0, "bulk"),
    ("gather evidence", "gather_evidence", 30.0, "desk"),
    ("tell webhooks", "announce_due", 10.0, "lists"),
    ("do jobs that wait", "do_next_job", 10.0, "lists"),
    ("remove files whose time has ended", "forget_files", 3600.0, "lists"),
    ("seal the ledger", "seal_ledger", 60.0, "desk"),
    ("end what was never confirmed", "expire_unconfirmed", 3600.0, "desk"),
    ("forget what lists held", "forget_imports", 3600.0, "lists"),
    ("remind who has not confirmed", "remind", 900.0, "desk"),
    ("open and close statements", "keep_time", 30.0, "desk"),
    ("let go what was released", "let_go", 30.0, "desk"),
    ("look for bursts of sign-ons", "alarm", 300.0, "desk"),
    ("take lost second factors away", "reset_factors", 300.0, "desk"),
    ("count what is large", "count_large", 60.0, "lists"),
    ("tell staff what waits", "send_digests", 3600.0, "desk"),
)


def beat() -> dict[str, dict[str, Any]]:
    """Celery's CELERY_BEAT_SCHEDULE. A sweep that nobody took before the next one is due is dropped."""
    return {what: _sweep(task, seconds, queue) for what, task, seconds, queue in _SWEEPS}


def beat_of_the_bounce_mailbox() -> dict[str, dict[str, Any]]:
    """What is swept only where there is such a mailbox (INBOUND_URL)."""
    return {"read the bounce mailbox": _sweep("read_bounces", 120.0, "desk")}


def _sweep(task: str, seconds: float, queue: str) -> dict[str, Any]:
    return {"task": f"signon.tasks.{task}", "schedule": seconds, "options": {"queue": queue, "expires": seconds}}

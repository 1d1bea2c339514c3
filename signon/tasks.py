"""Celery's entry points: each calls one verb, and each may run twice, or side by side."""

import logging
import time
from collections.abc import Callable

from celery import shared_task

from signon import exporting, inviting, jobs, letter, retention, sealing, verifying
from signon.abuse import bursts, holding
from signon.casework import attaching, evidence
from signon.events import registration_times
from signon.figures import large
from signon.imports import import_jobs, previewing
from signon.invitations import reconciling
from signon.mail import bouncing, dispatching, lanes, mailings, reminding, waking
from signon.models import Job, SignOn, Sweep
from signon.people import factor_resets
from signon.privacy import forgetting, sweeping
from signon.programs import announcements
from signon.running import outages
from signon.running.outages import Outage
from signon.statements import archiving, timekeeping

log = logging.getLogger(__name__)
What = Sweep.What

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
    more = dispatching.deliver_due(lane)
    pause = lanes.wait(lane)
    if 0 < pause < PATIENCE:
        time.sleep(pause)
        more = True
    if more:
        waking.wake(lane)


@shared_task
def compose_mailings() -> None:
    """Compose the next chunks of mailings on their way, and of invitations that are to be mailed."""
    more = mailings.advance()
    if inviting.advance() or more:
        waking.wake("mailings")


@shared_task
def announce_due() -> None:
    """Tell webhooks what they are still to be told."""
    if announcements.deliver_due():
        waking.wake("announcements")


@shared_task
def gather_evidence() -> int:
    """Gather evidence for cases that have none, accept what their statement's rule allows, and find invitations.

    Returns how many were gathered.
    """
    gathered = evidence.gather_due()
    for sign_on in SignOn.objects.filter(pk__in=gathered, statement__accepts_on_strong_evidence=True):
        verifying.accept_on_evidence(sign_on)
    reconciling.follow()
    reconciling.reconcile_due()
    if gathered:
        waking.wake("evidence")
    return len(gathered)


@shared_task
def remind() -> int:
    """Compose reminders and last calls that are due, to signers, to the invited, to who comes to an event.

    Returns how many. Places at events that came free are given on the way.
    """
    registration_times.move_up()
    return reminding.remind() + inviting.remind_due() + registration_times.remind()


@shared_task
def keep_time() -> int:
    """Open and close statements at their moment, and remind of closing; returns how many moved."""
    return timekeeping.keep_time()


@shared_task
def send_digests() -> int:
    """Compose what waits for staff who want to know; returns how many."""
    return reminding.send_digests()


@shared_task
def expire_unconfirmed() -> int:
    """End what nobody confirmed in time, forget networks after a week, contacts, and registrations.

    Returns how many sign-ons ended.
    """
    sweeping.run(What.REGISTRATIONS, registration_times.forget)
    sweeping.run(What.NETWORKS, retention.forget_networks)
    sweeping.run(What.INVITED, retention.forget_invited)
    sweeping.run(What.CONTACTS, forgetting.forget_contacts)
    sweeping.run(What.WAYS_IN, retention.forget_ways_in)
    sweeping.run(What.LINK_MAIL, retention.forget_link_mail)
    sweeping.run(What.SEATS, retention.forget_seats)
    sweeping.run(What.PROPOSALS, retention.forget_proposals)
    return sweeping.run(What.UNCONFIRMED, retention.expire_unconfirmed)


# What each kind of job calls; it says how far it has come by `jobs.progress`.
_WORK: dict[str, Callable[[Job], None]] = {
    Job.Kind.EXPORT: exporting.make,
    Job.Kind.PACK: letter.do,
    Job.Kind.ARCHIVE: archiving.do,
    Job.Kind.PREVIEW: import_jobs.preview,
    Job.Kind.IMPORT: import_jobs.carry_out,
    Job.Kind.UNDO_IMPORT: import_jobs.take_back,
}


_OUR_FAULT = "Something went wrong on our side; nothing was changed. Please tell whoever runs this site."
_NO_ROOM = "This site has no room left to keep files; nothing was changed. Please tell whoever runs it, then try again."

_FILES_AWAY = "This site cannot reach where it keeps files; nothing was changed. Please try again in a minute."
_SAID: dict[Outage | None, str] = {Outage.DISK: _NO_ROOM, Outage.FILES: _FILES_AWAY}


@shared_task
def do_next_job() -> None:
    """Do the oldest job that waits, if there is one; the next is another worker's, or this one's again."""
    job = jobs.claim()
    if job is None:
        return
    waking.wake("jobs")
    try:
        _WORK[job.kind](job)
        jobs.finish(job)
    except jobs.Lost:
        log.info("Job %s is no longer ours", job.pk)
    except Exception as error:
        log.exception("Job %s failed", job.pk)
        outage = outages.of(error)
        if outage in (Outage.DATABASE, Outage.SETTING):
            return  # nothing was changed, and nothing can be written: it is done again once its lease has ended
        jobs.fail(job, _SAID.get(outage, _OUR_FAULT))


@shared_task
def forget_files() -> int:
    """Remove the files of exports, what proved entries by hand and deliveries, whose time has ended; returns how many.

    And how letters were delivered.
    """
    sweeping.run(What.LETTERS, forgetting.forget_how_letters_were_delivered)
    return sweeping.run(What.FILES, exporting.forget_files) + sweeping.run(What.PROOFS, attaching.forget)


@shared_task
def forget_imports() -> int:
    """Blank what lists held whose time is over; returns how many."""
    return sweeping.run(What.IMPORTS, previewing.forget)


@shared_task
def reset_factors() -> int:
    """Take away the second factors whose day is over; returns of how many accounts."""
    return factor_resets.carry_out_due()


@shared_task
def seal_ledger() -> int:
    """Cover what was written since the last seal; returns the new seal's number, 0 where there was nothing to cover."""
    made = sealing.seal()
    return made.number if made else 0


@shared_task
def read_bounces() -> int:
    """Account for what came to the bounce mailbox; returns how many mails were understood."""
    return bouncing.read_mailbox()


@shared_task
def let_go() -> None:
    """Let go what staff released from hold."""
    if holding.let_go():
        waking.wake("holds")


@shared_task
def alarm() -> None:
    """Tell staff of bursts of sign-ons."""
    bursts.alarm()


@shared_task
def count_large() -> int:
    """Count again what is too large to be counted for each reader; returns how many figures."""
    return large.renew()

"""Work that takes longer than a page may: begun in a request, done by a worker, its progress told on a page."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from signon.mail import waking
from signon.models import Job, User

LEASE = timedelta(minutes=2)
MOST_TRIES = 3  # a job that took so many workers with it is at fault itself


class Lost(Exception):
    """The job is no longer this worker's: canceled, or taken by another after its lease had ended."""


def begin(kind: str, subject: int, *, by: User) -> Job:
    """Queue a job in the caller's transaction and wake a worker after its commit.

    While one of its kind waits or runs for this subject, that one comes back: a second press begins nothing.
    """
    Job.objects.bulk_create([Job(kind=kind, subject=subject, by=by)], ignore_conflicts=True)
    job = Job.objects.filter(kind=kind, subject=subject).order_by("-pk")[0]
    transaction.on_commit(lambda: waking.wake("jobs"))
    return job


def latest(kind: str, subject: int) -> Job | None:
    """The newest job of this kind for this subject."""
    return Job.objects.filter(kind=kind, subject=subject).order_by("-pk").first()


def claim() -> Job | None:
    """Take the oldest job that waits, or whose worker died, for as long as the lease lasts."""
    now = timezone.now()
    died = Q(state=Job.State.RUNNING, lease_ends_at__lt=now)
    _give_up(Job.objects.filter(died, tries__gte=MOST_TRIES))
    with transaction.atomic():
        due = Job.objects.select_for_update(skip_locked=True).filter(Q(state=Job.State.WAITING) | died)
        job = due.order_by("pk").first()
        if job is None:
            return None
        job.state, job.tries, job.lease_ends_at = Job.State.RUNNING, job.tries + 1, now + LEASE
        job.save(update_fields=["state", "tries", "lease_ends_at"])
    return job


def progress(job: Job, done: int, total: int) -> None:
    """Say how far it has come, in rows, and renew the lease. Raises Lost where the job is not ours any more.

    Outside of the job's own transaction, for nobody sees what that writes before it ends.
    """
    job.done, job.total = done, total
    if not _own(job).update(done=done, total=total, lease_ends_at=timezone.now() + LEASE):
        raise Lost


def hold(job: Job) -> None:
    """Until the transaction's end nobody takes the job from this worker. Raises Lost where it is not ours any more."""
    if not _own(job).select_for_update(no_key=True).exists():
        raise Lost


def begin_again(job: Job) -> None:
    """What it works on changed under it: whatever was made of it is dropped, and it is done anew."""
    if cancel(job):
        begin(Job.Kind(job.kind), job.subject, by=job.by)


def finish(job: Job) -> None:
    """It is done. Raises Lost where the job is not ours any more.

    Who finishes it in the transaction of what it did leaves no moment between the two; finishing again does nothing.
    """
    if job.state == Job.State.DONE:
        return
    if not _own(job).update(state=Job.State.DONE, done=F("total"), ended_at=timezone.now()):
        raise Lost
    job.state = Job.State.DONE


def fail(job: Job, problem: str) -> None:
    """It cannot be done; `problem` is one sentence for whoever began it."""
    _own(job).update(state=Job.State.FAILED, problem=problem, ended_at=timezone.now())


def cancel(job: Job) -> bool:
    """Whoever began it wants it no more; the worker finds out when it next tells of its progress."""
    return job.move(Job.State.CANCELED, ended_at=timezone.now())


def _own(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, tries=job.tries)


def _give_up(jobs: QuerySet[Job]) -> None:
    problem = "It was tried several times and never came to its end. Please tell whoever runs this site."
    jobs.update(state=Job.State.FAILED, problem=problem, ended_at=timezone.now())

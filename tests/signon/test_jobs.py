"""Work that a worker does while a page tells how far it has come."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from config import schedule
from config.celery import app
from signon import jobs, tasks
from signon.models import Job
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory()


def begun(user, subject=1):
    return jobs.begin(Job.Kind.EXPORT, subject, by=user)


def test_a_second_press_begins_nothing(user):
    assert begun(user) == begun(user)


def test_it_may_be_begun_again_once_it_has_ended(user):
    first = begun(user)
    jobs.finish(jobs.claim())
    assert begun(user) != first


def test_the_oldest_is_taken_first_and_only_once(user):
    first, second = begun(user, 1), begun(user, 2)
    assert [jobs.claim(), jobs.claim(), jobs.claim()] == [first, second, None]


def test_a_dead_workers_job_is_taken_again_and_the_dead_one_cannot_finish_it(user):
    begun(user)
    dead = jobs.claim()
    Job.objects.update(lease_ends_at=timezone.now() - timedelta(seconds=1))
    again = jobs.claim()
    assert again == dead
    with pytest.raises(jobs.Lost):
        jobs.progress(dead, 1, 2)
    jobs.progress(again, 1, 2)


def test_a_job_that_kills_its_workers_is_given_up(user):
    job = begun(user)
    for _ in range(jobs.MOST_TRIES):
        assert jobs.claim() == job
        Job.objects.update(lease_ends_at=timezone.now() - timedelta(seconds=1))
    assert jobs.claim() is None
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.problem


def test_what_was_canceled_stops_at_its_next_word(user):
    begun(user)
    job = jobs.claim()
    assert jobs.cancel(job)
    with pytest.raises(jobs.Lost):
        jobs.progress(job, 1, 2)


def test_two_open_jobs_on_one_subject_are_refused(user):
    begun(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind=Job.Kind.EXPORT, subject=1, by=user)


def test_a_worker_does_it_and_says_how_far_it_has_come(user, monkeypatch):
    monkeypatch.setitem(tasks._WORK, Job.Kind.EXPORT, lambda job: jobs.progress(job, 3, 4))
    job = begun(user)
    tasks.do_next_job()
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent) == (Job.State.DONE, 4, 4, 100)


def test_a_fault_of_ours_ends_it_with_a_sentence(user, monkeypatch):
    monkeypatch.setitem(tasks._WORK, Job.Kind.EXPORT, lambda job: 1 / 0)
    job = begun(user)
    tasks.do_next_job()
    job.refresh_from_db()
    assert (job.state, bool(job.problem)) == (Job.State.FAILED, True)


def test_who_tells_of_its_progress_keeps_the_job(user):
    begun(user)
    job = jobs.claim()
    Job.objects.update(lease_ends_at=timezone.now() + timedelta(seconds=1))
    jobs.progress(job, 1, 2)
    with time_machine.travel(timezone.now() + jobs.LEASE / 2):
        assert jobs.claim() is None


def test_everything_that_beat_starts_is_a_task_of_celery():
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in (schedule.beat() | schedule.beat_of_the_bounce_mailbox()).values()}
    assert asked - set(app.tasks) == set()

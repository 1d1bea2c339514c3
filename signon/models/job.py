from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signon.models.states import WithStates


class Job(WithStates):
    """Something that takes longer than a page may: done by a worker, watched by whoever began it.

    The row is the truth and the broker only wakes. A worker that dies loses its lease, and the job is taken again.
    """

    class Kind(models.TextChoices):
        EXPORT = "export", _("Export")
        PREVIEW = "preview", _("Look at a list before it is imported")
        IMPORT = "import", _("Import")
        UNDO_IMPORT = "undo_import", _("Undo an import")
        PACK = "pack", _("Letter pack")
        ARCHIVE = "archive", _("Archive")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for its turn")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")

    MAY_BECOME: ClassVar[dict[str, set[str]]] = {
        State.WAITING: {State.RUNNING, State.CANCELED},
        State.RUNNING: {State.WAITING, State.DONE, State.FAILED, State.CANCELED},
        State.DONE: set(),
        State.FAILED: set(),
        State.CANCELED: set(),
    }

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # The primary key of what it works on: an export, an import, a letter pack.
    subject = models.BigIntegerField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("by"))
    # How far it has come, in rows; `total` is 0 while nobody knows.
    done = models.PositiveBigIntegerField(default=0, editable=False)
    total = models.PositiveBigIntegerField(default=0, editable=False)
    # Why it failed, as a sentence for whoever began it.
    problem = models.TextField(blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_ends_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_job_of_a_kind_works_on_a_subject",
            ),
            models.CheckConstraint(
                name="a_running_job_has_a_lease", condition=~Q(state="running") | Q(lease_ends_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "running"]), name="jobs_that_are_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How far it has come, 0 to 100; 0 while nobody knows of how much."""
        return min(100, 100 * self.done // self.total) if self.total else 0

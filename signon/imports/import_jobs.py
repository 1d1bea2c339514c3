"""What a worker does for imports: look at the rows, bring them in, take them back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from signon import importing, jobs
from signon.imports import previewing, undoing
from signon.models import Import, Job


def preview(job: Job) -> None:
    """Look at every row of an import."""
    with translation.override(job.by.language):
        previewing.look(job)


def carry_out(job: Job) -> None:
    """Bring an import's rows in. Done again after its worker died, it finds that it was done."""
    chosen = _of(job)
    with translation.override(job.by.language):
        try:
            if chosen.state != Import.State.APPLIED:
                importing.carry_out(chosen, by=job.by, progress=_progress(job))
        except importing.CannotImport as error:
            chosen.refresh_from_db()
            if chosen.state != Import.State.APPLIED:
                words = _("It was changed or carried out by somebody else meanwhile. Nothing came in twice.")
                jobs.fail(job, str(error) or words)
                raise jobs.Lost from error
    importing.index_made(chosen)
    previewing.drop_file(chosen)


def take_back(job: Job) -> None:
    """Take an import back as a whole. Done again after its worker died, it finds that it was done."""
    chosen = _of(job)
    # Who waits for another worker's transaction cannot undo what that one has undone.
    with contextlib.suppress(undoing.CannotUndo):
        undoing.undo(chosen, by=job.by, progress=_progress(job))


def _of(job: Job) -> Import:
    return Import.objects.select_related("statement").get(pk=job.subject)


def _progress(job: Job) -> Callable[[int, int], None]:
    return lambda done, total: jobs.progress(job, done, total)

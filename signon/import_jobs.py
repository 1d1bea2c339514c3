"""What a worker does for imports: look at the rows, bring them in, take them back."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from signon import importing, jobs, previewing, undoing
from signon.models import Import, Job
from signon.tables import Unreadable


def preview(job: Job) -> None:
    """Look at every row of an import."""
    with translation.override(job.by.language):
        try:
            if not previewing.look(_of(job), _progress(job)):
                raise jobs.Lost
        except Unreadable as error:
            jobs.fail(job, str(error))
            raise jobs.Lost from error


def carry_out(job: Job) -> None:
    """Bring an import's rows in. Done again after its worker died, it finds that it was done."""
    chosen = _of(job)
    with translation.override(job.by.language):
        try:
            if chosen.state == Import.State.APPLIED:
                importing.index_made(chosen)
            else:
                importing.carry_out(chosen, by=job.by, progress=_progress(job))
        except importing.CannotImport as error:
            jobs.fail(job, _("It was changed or carried out by somebody else meanwhile. Nothing came in twice."))
            raise jobs.Lost from error
    previewing.drop_file(chosen)


def take_back(job: Job) -> None:
    """Take an import back as a whole."""
    chosen = _of(job)
    if chosen.state == Import.State.APPLIED:
        undoing.undo(chosen, by=job.by, progress=_progress(job))


def _of(job: Job) -> Import:
    return Import.objects.select_related("statement").get(pk=job.subject)


def _progress(job: Job) -> Callable[[int, int], None]:
    return lambda done, total: jobs.progress(job, done, total)

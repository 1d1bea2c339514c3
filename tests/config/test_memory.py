"""What is heavy is imported where it is used: a process that only serves pages does not hold it."""

import subprocess
import sys

import pytest
from django.conf import settings

from tests.stack import CHECKOUT

HEAVY = {
    "dns",
    "icalendar",
    "typst",
    "docx",
    "icu",
    "mammoth",
    "pypdfium2",
    "odf",
    "numpy",
    "segno",
    "xlrd",
    "python_calamine",
}
# What each process does before anybody asks it for anything.
STARTS = {
    "web": "import config.wsgi; from django.urls import get_resolver; get_resolver().url_patterns",
    "worker": "import config.celery, django; django.setup(); import signon.tasks",
    "beat": "import config.beat",
}


@pytest.mark.parametrize("process", STARTS)
def test_nothing_heavy_is_imported_at_its_start(process):
    code = f"{STARTS[process]}; import sys; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_beat_holds_neither_models_nor_tasks_and_has_the_whole_schedule():
    code = "from config.beat import app; import sys; print('signon.models' in sys.modules, len(app.conf.beat_schedule))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", str(len(settings.CELERY_BEAT_SCHEDULE))]

"""What is heavy is imported where it is used: a process that only serves pages does not hold it."""

import subprocess
import sys

import pytest

from tests.stack import CHECKOUT

HEAVY = {"typst", "docx", "icu", "mammoth", "pypdfium2", "odf", "numpy", "segno", "xlrd", "python_calamine"}
# What each process does before anybody asks it for anything.
STARTS = {
    "web": "import config.wsgi; from django.urls import get_resolver; get_resolver().url_patterns",
    "worker": "import config.celery, django; django.setup(); import signon.tasks",
    "beat": "import config.celery, django; django.setup()",
}


@pytest.mark.parametrize("process", STARTS)
def test_nothing_heavy_is_imported_at_its_start(process):
    code = f"{STARTS[process]}; import sys; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.stack import running


@pytest.fixture
def folder(request):
    """A short path (a socket's must stay under 108 bytes), kept for reading where the test failed."""
    made = Path(tempfile.mkdtemp(prefix="undersigned-fault-"))
    yield made
    if not request.session.testsfailed:
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def stack(folder):
    """The product with the demo loaded and short leases; beat is started by the tests that need its sweep."""
    with running(folder, parts=("web", "worker"), MAIL_LEASE="3") as made:
        yield made

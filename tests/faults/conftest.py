import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from campaigns.models import Statement
from config import privileges
from tests.faults.holds import assert_all_holds
from tests.stack import running

DEMO = "initial-elements-2016"


@pytest.fixture(scope="session")
def inside(django_db_blocker):
    """`with inside(stack):` the test's own code works on the stack's database, without a process that must start."""

    @contextmanager
    def working(stack):
        with django_db_blocker.unblock(), privileges.as_owner(stack.database_url):
            yield

    return working


@pytest.fixture(scope="session")
def holds(inside):
    """`holds(stack, signed=…, received=…)`: what must hold on the demo's open statement (tests/faults/holds.py)."""

    def look(stack, **what):
        with inside(stack):
            assert_all_holds(Statement.objects.get(slug=DEMO), **what)

    return look


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

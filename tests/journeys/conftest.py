import shutil
import tempfile
from pathlib import Path

import pytest

from tests.stack import running


@pytest.fixture(scope="module")
def stack(request):
    """The whole product with the demo loaded, for one module's journeys."""
    folder = Path(tempfile.mkdtemp(prefix="undersigned-journey-"))
    with running(folder) as made:
        yield made
    if not request.session.testsfailed:
        shutil.rmtree(folder, ignore_errors=True)

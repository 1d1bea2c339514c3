"""Lists that nobody reads on hold connections of their own, and one thread each; pages and sign-ons have theirs."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.test_exports import SET_UP, SLUG, asked, working
from tests.posted import typed
from tests.stack import running, wait_for

STATEMENT = f"/statements/{SLUG}/"
AT_ONCE = 2


@pytest.fixture(scope="module")
def stack():
    kept = tempfile.TemporaryDirectory(prefix="undersigned-downloads-")
    with kept as name, running(Path(name), parts=("web", "worker"), DOWNLOADS_POOL=str(AT_ONCE)) as made:
        yield made


@pytest.fixture(scope="module")
def cookie(stack):
    return f"sessionid={stack.manage('shell', '-v', '0', '-c', SET_UP, timeout=900).split()[-1]}"


def hung(stack):
    """How many lists the database cannot get rid of, for nobody reads on."""
    return stack.query(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%%'"
        " AND wait_event = 'ClientWrite'"
    )[0][0]


def test_downloads_that_hang_take_nothing_from_pages_and_one_more_is_prepared(stack, cookie):
    with ExitStack() as hanging, ThreadPoolExecutor(16) as pool:
        for _ in range(AT_ONCE):
            answer = hanging.enter_context(asked(stack, cookie))
            assert (answer.status, len(answer.read(1000))) == (200, 1000)
        wait_for(lambda: hung(stack) == AT_ONCE, what="both wait for their readers")
        with asked(stack, cookie) as answer:
            assert (answer.status, answer.headers["Location"].startswith("/desk/exports/")) == (302, True)
        pages = [pool.submit(stack.get, f"{STATEMENT}signatories/?country=KE") for _ in range(40)]
        signing = [
            pool.submit(stack.post, f"{STATEMENT}sign/", typed(email=f"asha{number}@downloads.example"))
            for number in range(10)
        ]
        assert {page.result().status for page in pages} == {200}
        assert {answer.result().status for answer in signing} == {302}
        assert hung(stack) == AT_ONCE, "they have hung all the while"
    wait_for(lambda: working(stack) == 0, 60, "who went away leaves nothing open")
    with asked(stack, cookie) as answer:
        assert answer.status == 200, "a list is sent at once again"

"""What FLEET=1 makes of a stack: two web processes that answer by turns, three workers that share what is to do."""

import tempfile
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.fleet import members
from tests.stack import running, wait_for

TELL = "from signon.tasks import deliver_due; [deliver_due.delay() for _ in range(60)]"


@pytest.fixture(scope="module")
def stack():
    kept = tempfile.TemporaryDirectory(prefix="undersigned-fleet-")
    with kept as name, running(Path(name), parts=("web", "worker"), fleet=True) as made:
        yield made


def logged(stack, name, words):
    """How often each process that goes by this name has written these words."""
    return [stack.own_log(each).count(words) for each in stack.groups[name]]


def test_two_web_processes_answer_by_turns_and_end_and_come_back_under_one_name(stack):
    requests = [stack.get("/statements/").headers["X-Request-ID"] for _ in range(6)]
    wait_for(lambda: all(request in stack.log("web") for request in requests), what="the requests are logged")
    took = [logged(stack, "web", request).index(1) for request in requests]
    assert took in ([0, 1] * 3, [1, 0] * 3)
    # One alone answers all.
    stack.end("web-2")
    assert [stack.get("/healthz").status for _ in range(4)] == [200] * 4
    stack.end("web")
    assert list(stack.processes) == stack.groups["worker"]
    with pytest.raises((OSError, HTTPException)):
        stack.get("/healthz")
    stack.start_web()
    assert [stack.get("/healthz").status for _ in range(4)] == [200] * 4


def test_three_workers_share_what_there_is_to_do_and_end_under_one_name(stack):
    assert stack.groups["worker"] == members("worker", 3)

    def all_have_worked():
        stack.manage("shell", "--no-imports", "-c", TELL)
        return all(logged(stack, "worker", "Task signon.tasks.deliver_due"))

    wait_for(all_have_worked, 60, "each has taken some")
    ending = stack.all_of("worker")
    stack.end("worker")
    assert None not in [each.poll() for each in ending]
    assert not set(stack.processes) & set(stack.groups["worker"])

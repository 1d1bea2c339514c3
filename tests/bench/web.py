"""The web server as `make run` starts it, on the bench's own database: the product, or the bare application."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.smtp import free_port
from tests.stack import wait_for

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LOG = CHECKOUT / "var" / "bench.log"
THREADS = 8
PRODUCT, BARE = "config.wsgi:application", "tests.bench.bare:application"
# What is raised for the bench, which signs more than people do. All else is counted and checked as ever.
RAISED = {"STATEMENT_LIMIT": "100000000/minute", "NETWORK_LIMIT": "100000000/hour"}


@contextmanager
def granian(application: str = PRODUCT, *, workers: int = 1, **settings: str) -> Iterator[tuple[int, psutil.Process]]:
    """So many processes, with THREADS and as many connections in all; its port, and the one that started them."""
    port = free_port()
    threads = str(THREADS // workers)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--no-ws", "--http", "1", "--log-level", "error"]
    command += ["--workers", str(workers), "--blocking-threads", threads]
    environment = os.environ | {"DATABASE_POOL": threads, "LOG_LEVEL": "INFO"} | RAISED | settings
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("ab") as log:
        server = subprocess.Popen([*command, application], cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(port), what="the web server answers")
        yield port, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(15)


def answers(port: int) -> bool:
    line = http.client.HTTPConnection("localhost", port, timeout=5)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()

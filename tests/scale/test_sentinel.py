"""Sentinel names another server while people sign: nobody is refused, and the workers are woken again."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.posted import typed
from tests.scale.servers import watched
from tests.stack import CHECKOUT, running, wait_for

SIGN = "/statements/initial-elements-2016/sign/"
LOOK = """
import django; django.setup()
from django.core.cache import caches
from signon.abuse import guarding
from signon.running import tallies
caches["redis"].set("kept", 5)
print(caches["redis"].get("kept"), guarding._limiter().storage.check(), tallies.ours._connect().ping())
"""


@pytest.fixture(scope="module")
def servers():
    with watched() as made:
        yield made


@pytest.fixture(scope="module")
def stack(servers):
    kept = tempfile.TemporaryDirectory(prefix="undersigned-named-")
    with kept as name, running(Path(name), parts=("web", "worker"), REDIS_URL=servers.url, MAIL_LEASE="3") as made:
        yield made


def sign(stack, name):
    address = f"{name}@sentinel.example"
    assert stack.post(SIGN, typed(organization_name=name, email=address)).status == 302
    return address


def test_signing_goes_on_through_a_failover_and_mail_comes_after_it(servers, stack):
    """Without beat: nothing but a wake-up through the server that sentinels name can bring the mail."""
    before = sign(stack, "before")
    wait_for(lambda: stack.mail.to(before), 60, "the mail before")
    was = servers.first()
    servers.kill(was)
    during = sign(stack, "during")
    wait_for(lambda: servers.first() != was, 60, "sentinels name another")
    wait_for(lambda: stack.get("/readyz").text == '{"status": "ready", "missing": []}', 60, "ready again")
    number = iter(range(1000))

    def after():
        sign(stack, f"after{next(number)}")
        return stack.mail.to("after0@sentinel.example") and stack.mail.to(during)

    wait_for(after, 90, "the mail after")
    assert len(stack.mail.to(during)) == 1
    environment = os.environ | stack.environment
    done = subprocess.run([sys.executable, "-c", LOOK], cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["5", "True", "True"], done.stderr

"""What docs/api.md tells a developer to do works."""

import re
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from signon.models import Webhook
from signon.programs import announcements, subscribing
from tests.factories import StatementFactory, UserFactory, accepted
from tests.smtp import free_port
from tests.stack import wait_for

pytestmark = pytest.mark.django_db
GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_addresses_that_are_shown_answer(client):
    accepted(statement=StatementFactory(slug="its-short-name"))
    shown = re.findall(r"curl \"?(https://\S+?)\"?\n", GUIDE)
    assert len(shown) == 3
    for address in shown:
        parts = urlsplit(address)
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200


def test_the_receiver_that_is_shown_verifies_a_message_and_refuses_another_s(settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    port = free_port()
    webhook = Webhook.objects.create(url=f"http://127.0.0.1:{port}/", created_by=UserFactory())
    code = re.search(r"```python\n(.*?)```", GUIDE, re.DOTALL)[1]
    code = code.replace("whsec_…", webhook.secret).replace('("", 8080)', f'("127.0.0.1", {port})')
    receiver = subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        accepted(organization_name="Zeta Union")
        wait_for(lambda: _sent(webhook), what="the receiver takes it")
        Webhook.objects.update(secret="whsec_" + "A" * 43 + "=")
        subscribing.test(webhook)
        announcements.deliver_due()
        assert webhook.announcements.get(event="test").answer == "400"
    finally:
        receiver.terminate()
        said, _nothing = receiver.communicate(timeout=10)
    assert "Zeta Union" in said.decode()


def _sent(webhook):
    Webhook.objects.update(rests_until=None)
    webhook.announcements.filter(state="retrying").update(due_at=webhook.created_at)
    announcements.deliver_due()
    return webhook.announcements.filter(state="sent").exists()

"""What staff do with webhooks."""

import pytest

from signon.models import Webhook
from signon.programs import subscribing
from tests.factories import StatementFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_change_undoes_neither_a_stop_nor_a_new_secret():
    statement, by = StatementFactory(), UserFactory()
    webhook = Webhook(url="https://hooks.example/names", created_by=by)
    subscribing.add(webhook, [])
    read = Webhook.objects.get()
    subscribing.change_secret(webhook)
    subscribing.stop(webhook, by=by)
    read.url, read.tells_of_withdrawn = "https://hooks.example/others", False
    subscribing.change(read, [statement])
    changed = Webhook.objects.get()
    assert (changed.url, changed.tells_of_withdrawn) == ("https://hooks.example/others", False)
    assert list(changed.statements.all()) == [statement]
    assert changed.stopped_at is not None
    assert changed.secret != read.secret

"""Composing a mailing in chunks: nobody gets it twice, and memory stays flat. FULL=1 composes for 50,000."""

import gc
import os
import tracemalloc

import pytest

from signon import mailing
from signon.mail import mailings
from signon.models import Mailing, Message
from tests.elsewhere import together
from tests.factories import StatementFactory
from tests.signon.mail.written import compose_all, many, written

pytestmark = pytest.mark.django_db
FULL = os.environ.get("FULL") == "1"


@pytest.fixture
def statement():
    return StatementFactory()


def test_a_chunk_that_dies_leaves_nothing_and_is_composed_again(statement, monkeypatch):
    monkeypatch.setattr(mailings, "CHUNK", 10)
    many(statement, 25)
    chosen = written(statement)
    mailings.start(chosen)
    mailings.advance()
    queue = mailing.queue

    def dies(messages):
        queue(messages)
        raise SystemExit

    monkeypatch.setattr(mailing, "queue", dies)
    with pytest.raises(SystemExit):
        mailings.advance()
    assert Message.objects.count() == 10
    monkeypatch.setattr(mailing, "queue", queue)
    compose_all()
    Mailing.objects.update(composed_to=0)  # as if all were composed once more
    compose_all()
    chosen.refresh_from_db()
    assert (Message.objects.count(), chosen.composed) == (25, 25)


@pytest.mark.django_db(transaction=True)
def test_workers_that_compose_at_once_write_to_each_once(monkeypatch):
    monkeypatch.setattr(mailings, "CHUNK", 20)
    statement = StatementFactory()
    many(statement, 100)
    chosen = written(statement)
    mailings.start(chosen)
    assert together(*[compose_all] * 4) == [None] * 4
    compose_all()
    chosen.refresh_from_db()
    assert (Message.objects.count(), chosen.composed) == (100, 100)


def test_the_memory_that_composing_takes_does_not_grow(statement, monkeypatch):
    count, chunk = (50_000, 1000) if FULL else (1200, 100)
    monkeypatch.setattr(mailings, "CHUNK", chunk)
    many(statement, count)
    chosen = written(statement)
    assert mailings.start(chosen) == count
    peaks = []
    tracemalloc.start()
    try:
        for _chunk in range(count // chunk):
            gc.collect()
            tracemalloc.reset_peak()
            assert mailings.advance()
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert Message.objects.count() == Message.objects.values("mailbox").distinct().count() == count
    assert max(peaks[-3:]) < 1.5 * peaks[2]

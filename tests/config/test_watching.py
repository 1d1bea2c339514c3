"""Request ids, /metrics and who may ask, reports of errors."""

import json
import logging
import re
import sys
import time
from ipaddress import ip_network

import pytest
import redis
import structlog
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from structlog.contextvars import bound_contextvars

from config import logs, metric_queries, metrics, watching
from signon import mailing, sealing, signing
from signon.mail import lanes
from signon.models import Counter, LedgerEntry, Message, SignOn
from signon.running import tallies
from tests.factories import SignOnFactory, StatementFactory

HERE = [ip_network("127.0.0.1/32")]


@pytest.fixture
def tallied(monkeypatch):
    """Numbers of this test's own, in the suite's Redis."""
    key = f"tallies:{time.monotonic_ns()}"
    monkeypatch.setattr(tallies, "KEY", key)
    tallies.hand_on()
    yield
    tallies._client().delete(key)


@pytest.fixture
def scrape(client, settings, tallied):
    settings.METRICS_NETWORKS = HERE

    def _scrape():
        answer = client.get("/metrics")
        assert answer.status_code == 200
        samples = {}
        for family in text_string_to_metric_families(answer.content.decode()):
            for sample in family.samples:
                samples[sample.name, *sorted(sample.labels.values())] = sample.value
        return samples

    return _scrape


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("peer", "given", "kept"),
    [
        ("10.0.0.1", "0123456789abcdef", True),
        ("10.0.0.1", "short", False),
        ("10.0.0.1", "two lines\n of it", False),
        ("203.0.113.1", "0123456789abcdef", False),
    ],
)
def test_a_request_s_id_is_the_proxy_s_where_it_is_well_formed_else_our_own(client, settings, peer, given, kept):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    answer = client.get("/healthz", REMOTE_ADDR=peer, HTTP_X_REQUEST_ID=given)
    assert (answer["X-Request-ID"] == given) is kept
    assert re.fullmatch(r"[A-Za-z0-9_-]{8,64}", answer["X-Request-ID"])


@pytest.mark.django_db
def test_a_request_s_lines_have_its_id_and_the_next_one_has_another(client, settings):
    settings.TRUSTED_PROXIES = HERE
    lines = []
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter())
    handler.emit = lambda record: lines.append(json.loads(handler.format(record)))
    logger = logging.getLogger("config.watching")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    try:
        client.get("/", HTTP_X_REQUEST_ID="0123456789abcdef")
        client.get("/")
    finally:
        logger.removeHandler(handler)
        logger.setLevel("NOTSET")
    assert [re.sub(r"\d+ ms", "… ms", line["event"]) for line in lines] == ["GET home 200 … ms"] * 2
    assert lines[0]["request_id"] == "0123456789abcdef" != lines[1]["request_id"]
    assert structlog.contextvars.get_contextvars() == {}


def _formatter():
    told = logs.configuration(for_people=False, level="INFO")["formatters"]["line"]
    return told.pop("()")(**told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gone: /fr/sign-ons/manage/WzEsIng:abc:def/", "Gone: /fr/sign-ons/manage/…/"),
        ("550 <anna@example.org>: unknown user", "550 <…@…>: unknown user"),
        ("to=anna+x@mail.example.org, later", "to=…@…, later"),
        ("worker@host ready.", "worker@host ready."),
        (
            "duplicate key value\nDETAIL:  Key (email)=(Anna) already\nexists.\n\nThe above exception",
            "duplicate key value\n…\n\nThe above exception",
        ),
        ("IntegrityError: null value\nDETAIL:  Failing row contains (1, Anna).", "IntegrityError: null value\n…"),
    ],
)
def test_what_a_log_holds_is_harmless(text, shown):
    assert logs.harmless(text) == shown


def test_each_part_of_a_line_is_harmless():
    told = "duplicate key value: anna@example.org\nDETAIL:  Key (name)=(Anna) already exists."
    try:
        raise ValueError(told)
    except ValueError:
        record = logging.LogRecord("signon", logging.ERROR, "", 0, "To %s", ("anna@example.org",), sys.exc_info())
    with bound_contextvars(task="for anna@example.org", request_id="0123456789abcdef"):
        line = _formatter().format(record)
    assert "anna" not in line.lower()
    said = json.loads(line)
    assert (said["event"], said["task"], said["request_id"]) == ("To …@…", "for …@…", "0123456789abcdef")
    assert said["exception"].endswith("ValueError: duplicate key value: …@…\n…")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "asked", "status"),
    [
        ({}, {}, 404),
        ({"METRICS_NETWORKS": HERE}, {}, 200),
        ({"METRICS_NETWORKS": HERE}, {"REMOTE_ADDR": "203.0.113.1"}, 404),
        # A proxy of which nobody told us stands on this machine, and the world behind it.
        ({"METRICS_NETWORKS": HERE}, {"HTTP_X_FORWARDED_FOR": "203.0.113.1"}, 404),
        ({"METRICS_NETWORKS": HERE, "TRUSTED_PROXIES": HERE}, {"HTTP_X_FORWARDED_FOR": "203.0.113.1"}, 404),
        ({"METRICS_TOKEN": "t" * 20}, {"HTTP_AUTHORIZATION": f"Bearer {'t' * 20}", "REMOTE_ADDR": "203.0.113.1"}, 200),
        ({"METRICS_TOKEN": "t" * 20}, {"HTTP_AUTHORIZATION": "Bearer é"}, 404),
        ({}, {"HTTP_AUTHORIZATION": "Bearer "}, 404),
    ],
)
def test_metrics_are_for_who_may_ask_alone(client, settings, changes, asked, status):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert client.get("/metrics", **asked).status_code == status


@pytest.mark.django_db
def test_metrics_answer_what_an_operator_asks(scrape):
    statement = StatementFactory()
    Counter.objects.create(statement=statement, country="FR", organizations=5, individuals=2)
    late = mailing.compose("verification", key="k", sign_on=SignOnFactory(statement=statement))
    Message.objects.filter(pk=late.pk).update(due_at=timezone.now() - lanes.LATE_AFTER)
    lanes.stop("bulk", "535 Bad login")
    tallies.note("beat", moment=time.time() - 40)
    tallies.note("backup", moment=time.time() - 90)
    tallies.add("mail", "sent", by=3)
    found = scrape()
    assert found["undersigned_up", "database"] == found["undersigned_up", "redis"] == 1
    assert found["undersigned_messages_due", "transactional"] == 1
    assert found["undersigned_messages_oldest_due_seconds", "transactional"] == pytest.approx(900, abs=20)
    assert found["undersigned_messages", "waiting"] == 1
    assert found["undersigned_lane_stopped", "bulk"] == 1
    assert found["undersigned_sign_ons", "accepted"] == 7
    assert found["undersigned_sign_ons", "unconfirmed"] == 1
    assert found["undersigned_mail_outcomes_total", "sent"] == 3
    assert 40 <= found[("undersigned_beat_age_seconds",)] < 60
    assert 90 <= found[("undersigned_backup_age_seconds",)] < 110


@pytest.mark.django_db
def test_what_no_seal_covers_has_an_age_until_it_is_sealed(scrape):
    sign_on = SignOnFactory(state="unconfirmed")
    signing.withdraw(sign_on)
    assert LedgerEntry.objects.exists()
    assert scrape()[("undersigned_unsealed_age_seconds",)] >= 0
    sealing.seal()
    found = scrape()
    assert found[("undersigned_unsealed_age_seconds",)] == 0
    assert 0 <= found[("undersigned_seal_age_seconds",)] < 60


@pytest.mark.django_db
def test_answers_are_timed_by_view_whatever_process_gave_them(client, scrape):
    client.get("/")
    client.get("/no-such-page/")
    other = tallies.Tallies(tallies._client)  # as another process has it
    other.add("request_bucket", "home", "GET", "2xx", "10.0")
    other.add("request_seconds", "home", "GET", "2xx", by=7.5)
    assert other.hand_on()
    found = scrape()
    assert found["undersigned_request_seconds_count", "2xx", "GET", "home"] == 2
    assert found["undersigned_request_seconds_sum", "2xx", "GET", "home"] > 7.5
    assert found["undersigned_request_seconds_bucket", "+Inf", "2xx", "GET", "home"] == 2
    assert found["undersigned_request_seconds_count", "4xx", "GET", "none"] == 1


@pytest.mark.django_db
def test_a_page_that_was_made_once_counts_for_each_of_its_readers_and_is_one_line(client, scrape, settings):
    settings.KEEP_PAGES = True
    caches["redis"].clear()
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger = logging.getLogger("config.watching")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    try:
        for _reader in range(3):
            assert client.get("/").status_code == 200
    finally:
        logger.removeHandler(handler)
        logger.setLevel("NOTSET")
        caches["redis"].clear()
    assert scrape()["undersigned_request_seconds_count", "2xx", "GET", "home"] == 3
    assert len(lines) == 1


def test_without_redis_nothing_is_lost_and_nobody_waits():
    away = {"is": True}

    def connect():
        if away["is"]:
            raise redis.ConnectionError
        return tallies._client()

    own = tallies.Tallies(connect)
    own.add("test", "lost?")
    assert not own.hand_on()
    own.add("test", "lost?")
    assert own._counted == {'["test", "lost?"]': 2}
    away["is"] = False
    assert own.hand_on()
    assert own._counted == {}
    tallies._client().hdel(tallies.KEY, '["test", "lost?"]')


@pytest.mark.django_db
def test_without_redis_or_the_database_metrics_say_so(scrape, monkeypatch):
    def refuse(*arguments, **named):
        raise redis.ConnectionError

    monkeypatch.setattr(tallies, "read", refuse)
    found = scrape()
    assert (found["undersigned_up", "redis"], found["undersigned_up", "database"]) == (0, 1)

    def away(*arguments, **named):
        raise DatabaseError

    monkeypatch.setattr(metric_queries, "rows", away)
    found = scrape()
    assert (found["undersigned_up", "redis"], found["undersigned_up", "database"]) == (0, 0)


@pytest.mark.django_db
def test_a_scrape_reads_no_table_of_a_million_rows_through(scrape):
    # In an empty table one index costs as much as another, and the plan is left to chance.
    statement, now = StatementFactory(), timezone.now()
    ended = {"statement": statement, "text": statement.text(), "state": SignOn.State.WITHDRAWN, "ended_at": now}
    SignOn.objects.bulk_create(SignOnFactory.build_batch(300, **ended))
    sent = {"state": Message.State.SENT, "sent_at": now, "to_address": "asha@secret.example"}
    Message.objects.bulk_create(Message(key=number, message_id=number, **sent) for number in range(300))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signon_signon, signon_message")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        scrape()
    queries = [each["sql"] for each in asked if "signon_" in each["sql"]]
    assert 0 < len(queries) <= 14
    read_through = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in queries:
            cursor.execute(f"EXPLAIN {query}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            read_through += re.findall(
                r"Seq Scan on (?:signon_(?:signon|message|ledgerentry|sealedentry|job|hold)\b)", plan
            )
            # An index that is read whole, to be filtered afterwards, is no better.
            for node in re.split(r"\n\s*->", plan):
                if re.search(r"Index.* on signon_(signon|message|ledgerentry|sealedentry)\b", node):
                    is_partial = re.search(r"using (sign_ons_that|messages_(that|given|under))", node)
                    if not is_partial and "Index Cond" not in node:
                        read_through.append(node)
    assert read_through == []


def test_labels_of_metrics_are_bounded(rf):
    assert len(watching.BUCKETS) == 10
    assert metrics.MOST_MILLISECONDS <= 2000

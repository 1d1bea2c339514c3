"""What an operator asks of the product, in Prometheus' words, for who may ask alone. See docs/operating.md."""

from __future__ import annotations

import hmac
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from redis import RedisError

from config import metric_queries as ask
from config.watching import BUCKETS
from signon.running import reading, tallies

log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LANES = ["transactional", "bulk"]
# A scrape that takes longer is given up: it must never be what makes a database slow.
MOST_MILLISECONDS = 2000


def respond(request: HttpRequest) -> HttpResponse:
    """The metrics, or 404 for whoever has neither METRICS_TOKEN nor an address of METRICS_NETWORKS."""
    if not may_ask(request):
        return HttpResponseNotFound("Not found.\n", content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(Numbers())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE)


def may_ask(request: HttpRequest) -> bool:
    """Whether this request shows the token, or comes from a network that may ask."""
    given = request.META.get("HTTP_AUTHORIZATION", "")
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return True
    if request.META.get("undersigned.is_hidden"):  # behind a proxy that is none of ours, everybody looks near
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.METRICS_NETWORKS)


class Numbers:
    """A collector of prometheus_client: reads everything at the moment of the scrape."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        """Without the database or Redis what they know is missing, and `undersigned_up` says which is away."""
        text = "Whether this part answers (1) or not (0); the replica, in time."
        up = GaugeMetricFamily("undersigned_up", text, labels=["part"])
        try:
            found = list(_of_the_database())
            up.add_metric(["database"], 1)
        except DatabaseError as error:
            log.error("The database told no metrics: %s", error)
            found = []
            up.add_metric(["database"], 0)
        try:
            found += _of_redis()
            up.add_metric(["redis"], 1)
        except (RedisError, OSError) as error:
            log.warning("Redis told no metrics: %s", error)
            up.add_metric(["redis"], 0)
        if "replica" in settings.DATABASES:
            up.add_metric(["replica"], reading.keeps_up())
        yield up
        yield from found


def _of_the_database() -> Iterator[Metric]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {MOST_MILLISECONDS}")
        yield from _mail()
        yield from _sign_ons()
        yield from _jobs()
        sealed, unsealed = ask.rows(ask.SEALS)[0]
        yield _gauge("undersigned_seal_age_seconds", "Since the newest seal over the ledger.", [], [(max(sealed, 0),)])
        text = "Age of the oldest ledger entry that no seal covers; 0 where all are covered."
        yield _gauge("undersigned_unsealed_age_seconds", text, [], [(max(unsealed, 0),)])


def _mail() -> Iterator[Metric]:
    due = ask.rows(ask.DUE, lanes=LANES)
    text = f"Messages that are due, by lane; counted up to {ask.MOST}."
    yield _gauge("undersigned_messages_due", text, ["lane"], [(lane, number) for lane, number, _ in due])
    text = "For how long the oldest message of the lane has been due."
    yield _gauge("undersigned_messages_oldest_due_seconds", text, ["lane"], [(lane, age) for lane, _, age in due])
    known = ask.rows(ask.MESSAGES)
    text = f"Messages that are not accounted for, by state; counted up to {ask.MOST}."
    yield _gauge("undersigned_messages", text, ["state"], known)
    text = "Messages by state, from the database's statistics: about."
    others = ask.estimated("signon_message", but=["queued", "retrying", "sending", "dead"])
    yield _gauge("undersigned_messages_estimated", text, ["state"], others)
    lanes = {name: (stopped, rests) for name, stopped, rests in ask.rows(ask.LANES)}
    stopped = [(lane, int(lanes.get(lane, (False, False))[0])) for lane in LANES]
    rests = [(lane, int(lanes.get(lane, (False, False))[1])) for lane in LANES]
    yield _gauge("undersigned_lane_stopped", "The server refuses our sender or login.", ["lane"], stopped)
    yield _gauge("undersigned_lane_resting", "The server could not be reached.", ["lane"], rests)


def _sign_ons() -> Iterator[Metric]:
    text = f"Sign-ons by state: accepted ones from the counters, waiting ones counted up to {ask.MOST}."
    known = ask.rows(ask.SIGN_ONS)
    yield _gauge("undersigned_sign_ons", text, ["state"], known)
    text = "Sign-ons by state, from the database's statistics: about."
    others = ask.estimated("signon_signon", but=[state for state, _number in known])
    yield _gauge("undersigned_sign_ons_estimated", text, ["state"], others)
    text = "For how long the oldest confirmed sign-on has waited for staff."
    yield _gauge("undersigned_sign_ons_oldest_confirmed_seconds", text, [], ask.rows(ask.OLDEST_CONFIRMED))
    text = f"Sign-ons that are held, by why; counted up to {ask.MOST}."
    yield _gauge("undersigned_sign_ons_held", text, ["reason"], ask.rows(ask.HELD))


def _jobs() -> Iterator[Metric]:
    jobs = ask.rows(ask.JOBS)
    counted = [(kind, state, number) for kind, state, number, _ in jobs]
    yield _gauge("undersigned_jobs", "Exports, imports, letters under way.", ["kind", "state"], counted)
    text = "Age of the oldest job of its kind and state."
    yield _gauge("undersigned_jobs_oldest_seconds", text, ["kind", "state"], [(k, s, age) for k, s, _, age in jobs])
    text = "Of the newest thousand jobs, those that failed within a day."
    yield _gauge("undersigned_jobs_failed", text, ["kind"], ask.rows(ask.FAILED_JOBS))


def _of_redis() -> list[Metric]:
    """What all processes counted: see signon.running.tallies."""
    counted: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for (name, *labels), number in tallies.read().items():
        counted[name][tuple(labels)] = number
    mail = CounterMetricFamily("undersigned_mail_outcomes", "What became of messages.", labels=["outcome"])
    for outcome, number in sorted(counted["mail"].items()):
        mail.add_metric(list(outcome), number)
    now = time.time()
    ticks = [(now - moment,) for moment in counted["beat"].values()]
    text = "Since beat last started something; missing where it never did."
    beat = _gauge("undersigned_beat_age_seconds", text, [], ticks)
    made = [(now - moment,) for moment in counted["backup"].values()]
    text = "Since the newest backup was made; missing where none was noted."
    backup = _gauge("undersigned_backup_age_seconds", text, [], made)
    ended = [(*labels, now - moment) for labels, moment in sorted(counted["worker"].items())]
    worker = _gauge("undersigned_worker_age_seconds", "Since a worker last ended a task.", ["queue"], ended)
    return [mail, beat, backup, worker, _times(counted["request_bucket"], counted["request_seconds"])]


def _times(buckets: dict[tuple[str, ...], float], seconds: dict[tuple[str, ...], float]) -> Metric:
    names = ["view", "method", "status"]
    times = HistogramMetricFamily("undersigned_request_seconds", "How long answers took, by view.", labels=names)
    for labels in sorted({key[:3] for key in buckets}):
        below, so_far = [], 0.0
        for end in [*map(str, BUCKETS), "+Inf"]:
            so_far += buckets.get((*labels, end), 0)
            below.append((end, so_far))
        times.add_metric(labels, below, sum_value=seconds.get(labels, 0))
    return times


def _gauge(name: str, text: str, labels: list[str], values: Iterable[tuple[Any, ...]]) -> Metric:
    gauge = GaugeMetricFamily(name, text, labels=labels)
    for *names, value in values:
        gauge.add_metric([str(each) for each in names], float(value))
    return gauge

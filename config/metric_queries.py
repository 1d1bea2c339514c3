"""What metrics ask the database: each reads a few rows of an index, however many sign-ons there are.

Where many may wait, no more than MOST are counted. What has no such index is told from the statistics that PostgreSQL
gathers by itself (`estimated`): right to some percent, and as of its last ANALYZE.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

MOST = 10_000
Rows = list[tuple[Any, ...]]

# Lane, how many are due, age of what has been due for longest.
DUE = """
SELECT lane, (SELECT count(*) FROM (SELECT 1 FROM signon_message
                WHERE lane = lanes.lane AND state IN ('queued', 'retrying') AND due_at <= now() LIMIT %(most)s) AS due),
       coalesce((SELECT extract(epoch FROM now() - due_at) FROM signon_message
                  WHERE lane = lanes.lane AND state IN ('queued', 'retrying') AND due_at <= now()
                  ORDER BY due_at LIMIT 1), 0)
  FROM unnest(%(lanes)s::text[]) AS lanes (lane)
"""
MESSAGES = """
SELECT 'waiting', count(*) FROM (SELECT 1 FROM signon_message
  WHERE lane IN ('transactional', 'bulk') AND state IN ('queued', 'retrying') LIMIT %(most)s) AS few
UNION ALL
SELECT 'sending', count(*) FROM (SELECT 1 FROM signon_message
  WHERE state = 'sending' AND lease_ends_at IS NOT NULL LIMIT %(most)s) AS few
UNION ALL
SELECT 'dead', count(*) FROM (SELECT 1 FROM signon_message
  WHERE state = 'dead' AND changed_at IS NOT NULL LIMIT %(most)s) AS few
"""
LANES = "SELECT name, stopped_at IS NOT NULL, failures > 0 FROM signon_lane"
# Accepted ones are the counters' sum, exact; others wait, and are counted up to MOST.
SIGN_ONS = """
SELECT 'accepted', coalesce(sum(organizations + individuals), 0) FROM signon_counter
UNION ALL
SELECT 'confirmed', count(*) FROM (SELECT 1 FROM signon_signon
  WHERE state = 'confirmed' AND coalesce(confirmed_at, created_at) IS NOT NULL LIMIT %(most)s) AS few
UNION ALL
SELECT 'unconfirmed', count(*) FROM (SELECT 1 FROM signon_signon
  WHERE state = 'unconfirmed' AND expires_at IS NOT NULL LIMIT %(most)s) AS few
"""
OLDEST_CONFIRMED = """
SELECT coalesce((SELECT extract(epoch FROM now() - coalesce(confirmed_at, created_at)) FROM signon_signon
  WHERE state = 'confirmed' AND coalesce(confirmed_at, created_at) IS NOT NULL
  ORDER BY coalesce(confirmed_at, created_at) LIMIT 1), 0)
"""
HELD = """
SELECT reason, count(*) FROM (
  SELECT reason FROM (SELECT id, reason FROM signon_hold WHERE released_at IS NULL) AS standing,
  LATERAL (SELECT 1 FROM signon_signon WHERE hold_id = standing.id LIMIT %(most)s) AS held LIMIT %(most)s) AS few
 GROUP BY reason
"""
JOBS = """
SELECT kind, state, count(*), extract(epoch FROM now() - min(created_at))
  FROM (SELECT kind, state, created_at FROM signon_job WHERE state IN ('waiting', 'running') ORDER BY id
        LIMIT %(most)s) AS due
 GROUP BY kind, state
"""
# Of the newest so many: who looks at this wants to know of those that failed lately.
FAILED_JOBS = """
SELECT kind, count(*) FROM (SELECT kind, state, ended_at FROM signon_job ORDER BY id DESC LIMIT 1000) AS newest
 WHERE state = 'failed' AND ended_at > now() - interval '1 day' GROUP BY kind
"""
# Unsealed ones are among the newest entries, of which no more than MOST are looked at.
SEALS = """
SELECT coalesce(extract(epoch FROM now() - (SELECT at FROM signon_seal ORDER BY number DESC LIMIT 1)), 0),
       coalesce(extract(epoch FROM now() - (SELECT min(at) FROM (
         SELECT id, at FROM signon_ledgerentry
          WHERE id > coalesce((SELECT settled FROM signon_seal ORDER BY number DESC LIMIT 1), 0)
          ORDER BY id DESC LIMIT %(most)s) AS entry
         WHERE (SELECT true FROM signon_sealedentry WHERE entry_id = entry.id) IS NULL)), 0)
"""
# pg_stats lists a column's commonest values with their share; a state has few values.
ESTIMATED = """
SELECT value, round(share * greatest(reltuples, 0))
  FROM pg_stats
  JOIN pg_class ON pg_class.oid = format('%%I.%%I', schemaname, tablename)::regclass,
       unnest(most_common_vals::text::text[], most_common_freqs) AS common (value, share)
 WHERE schemaname = current_schema() AND tablename = %(table)s AND attname = 'state'
"""


def rows(query: str, **parameters: Any) -> Rows:
    """The rows of one of these queries."""
    with connection.cursor() as cursor:
        cursor.execute(query, {"most": MOST, **parameters})
        return list(cursor.fetchall())


def estimated(table: str, *, but: Iterable[str]) -> Rows:
    """States of a table and about how many rows are in each; `but` those that are known better."""
    known = set(but)
    return [(state, number) for state, number in rows(ESTIMATED, table=table) if state not in known]

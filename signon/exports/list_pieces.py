"""A list as its pieces, made while they are read: memory does not grow with it."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connections, transaction

from signon.exports.export_choice import Choice
from signon.exports.list_writers import write_csv
from signon.privacy import contact_keys
from signon.resources import SignatoryResource
from signon.running import reading

BATCH = 2000  # rows fetched at once
PIECE = 64 * 1024  # bytes sent at once


def rows(choice: Choice, resource: type[SignatoryResource], source: str = "") -> Generator[Iterable[Any]]:
    """The header, then a tuple a sign-on, all as they stood at one moment; memory does not grow with the list.

    `source` is what `reading.for_download` chose, where it was asked already.
    """
    yield choice.header(resource)
    source = source or _source()
    with transaction.atomic(using=source):  # a cursor of the server's lives in a transaction
        _read_in_order(source)
        yield from choice.rows(resource).using(source).iterator(BATCH)


def csv_pieces(choice: Choice, resource: type[SignatoryResource], source: str = "") -> Generator[bytes | int]:
    """The same as a CSV file's pieces, made by the database (COPY), and at the end the number of its rows.

    The first piece, byte order mark and header, comes before anything is read.
    """
    if contact_keys.may_be_sealed() and choice.has_addresses(resource):
        yield from _decrypted_pieces(choice, resource, source)
        return
    query = choice.rows(resource, guarded=True).query.sql_with_params()
    head = io.BytesIO()
    write_csv([choice.header(resource)], head)
    yield head.getvalue()
    source = source or _source()
    with transaction.atomic(using=source), connections[source].cursor() as cursor:
        _read_in_order(source)
        buffer = bytearray()
        # COPY takes no parameters: they are written into it, quoted.
        composed = connections[source].ops.compose_sql(*query)  # type: ignore[attr-defined]  # PostgreSQL's own
        with cursor.copy(f"COPY ({composed}) TO STDOUT WITH (FORMAT csv)") as copy:
            for piece in copy:
                buffer += piece
                if len(buffer) >= PIECE:
                    yield bytes(buffer)
                    buffer.clear()
        yield bytes(buffer)
        yield cursor.rowcount


def _decrypted_pieces(choice: Choice, resource: type[SignatoryResource], source: str) -> Iterator[bytes | int]:
    """As `csv_pieces`, row by row in Python, for the database cannot read encrypted addresses: slower."""
    table, number = rows(choice, resource, source), 0
    some = [next(table)]
    while some:
        piece = io.BytesIO()
        write_csv(some, piece, begun=number > 0)
        yield piece.getvalue()
        number += len(some)
        some = list(islice(table, BATCH))
    yield number - 1  # without the header


def _source() -> str:
    """Where a worker or a command reads: it finds a connection, for nobody waits for its page."""
    try:
        return reading.for_download()
    except reading.Busy:
        return "default"


def _read_in_order(source: str) -> None:
    """Rows come from the index that has them in order: the first at once, and no list is sorted in memory."""
    with connections[source].cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_hashjoin = off; SET LOCAL jit = off")

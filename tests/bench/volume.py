"""The one statement that grows during a run, so that a million rows are loaded once."""

from __future__ import annotations

from django.db import connection

from campaigns.models import Revision, RevisionText, Statement
from signon import volume
from signon.models import User

SLUG = "bench"


def statement_with(size: int) -> Statement:
    """The statement with so many signatories; it grows, and never shrinks."""
    statement = Statement.objects.filter(slug=SLUG).first() or made()
    there = statement.sign_ons.filter(state="accepted").count()
    if there < size:
        for _done in volume.load(statement, size - there, by=User.objects.command_line()):
            pass
        # As autovacuum does it, which leaves alone what is empty: a table that is known to be empty is scanned whole.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return statement


def made(slug: str = SLUG) -> Statement:
    """An open statement with a text in two languages."""
    statement = Statement.objects.create(slug=slug, state="open", addressee="The General Assembly")
    revision = Revision.objects.create(statement=statement, number=1, original_language="en")
    for language in ("en", "fr"):
        words = RevisionText(revision=revision, language=language)
        words.write(title="Bread and roses for all", body="1. Bread.\n2. Roses.\n" * 20, lead="")
    return statement

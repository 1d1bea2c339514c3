"""manage.py verify_ledger SLUG"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.models import Statement
from signon.models import LedgerEntry, SignOn


class Command(BaseCommand):
    help = "Check every sign-on's chain of ledger entries on a statement; names what was changed, removed or put in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        statement = Statement.objects.filter(slug=options["slug"]).first()
        if statement is None:
            raise CommandError(f"There is no statement “{options['slug']}”.", returncode=2)
        faults = list(_faults(statement))
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults.", returncode=1)
        chains = SignOn.objects.filter(statement=statement).count()
        self.stdout.write(f"{chains} chains are intact.")


def _faults(statement: Statement) -> Any:
    entries = LedgerEntry.objects.filter(sign_on__statement=statement).order_by("sign_on", "number")
    chain, number, digest = None, 0, ""
    for entry in entries.iterator():
        if entry.sign_on_id != chain:
            chain, number, digest = entry.sign_on_id, 0, ""
        if entry.number != number + 1:
            yield f"Sign-on {chain}: entry {number + 1} is missing."
        elif not entry.is_intact(digest):
            yield f"Sign-on {chain}: entry {entry.number} ({entry.act}) was changed, or what is before it."
        number, digest = entry.number, entry.digest
    for pk in SignOn.objects.filter(statement=statement, ledger__isnull=True).values_list("pk", flat=True):
        yield f"Sign-on {pk}: its chain is missing."

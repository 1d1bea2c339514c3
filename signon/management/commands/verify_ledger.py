"""manage.py verify_ledger SLUG"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from campaigns.models import Statement
from signon import sealing
from signon.management.one_line import OneLineCommand
from signon.models import SignOn


class Command(OneLineCommand):
    help = "Check the ledger of a statement and its sign-ons, and the seals; names what was changed, removed or put in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        statement = Statement.objects.filter(slug=options["slug"]).first()
        if statement is None:
            raise CommandError(f"There is no statement “{options['slug']}”.", returncode=2)
        faults = list(sealing.faults(statement))
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults.", returncode=1)
        chains = SignOn.objects.filter(statement=statement).count() + statement.ledger.exists()
        self.stdout.write(f"{chains} chains are intact.")

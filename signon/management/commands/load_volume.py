"""manage.py load_volume SLUG COUNT"""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from campaigns.models import Statement
from signon import volume
from signon.management.one_line import OneLineCommand
from signon.models import User


class Command(OneLineCommand):
    help = "Add made-up accepted sign-ons to a statement, for benchmarks and tests of scale. In local mode only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the statement's short name, as in its address")
        parser.add_argument("count", type=int, help="how many")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL_MODE:
            raise CommandError("load_volume makes signatories up: it works in local mode only.", returncode=2)
        statement = Statement.objects.filter(slug=options["slug"]).first()
        if statement is None or statement.text() is None:
            raise CommandError(f"There is no statement “{options['slug']}” with a text.", returncode=2)
        if options["count"] < 1:
            raise CommandError("COUNT is how many to add: 1 or more.", returncode=2)
        for done in volume.load(statement, options["count"], by=User.objects.command_line()):
            self.stdout.write(f"\r{done:,} of {options['count']:,}", ending="")
            self.stdout.flush()
        self.stdout.write("")

"""manage.py load_demo"""

from typing import Any

from django.core.management.base import CommandParser

from signon.management.one_line import OneLineCommand
from signon.site import demo


class Command(OneLineCommand):
    help = "Load the demo: two open statements, a closed one with 399 signatories, and in local mode a staff account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="only into a database without statements")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["if_empty"] and demo.is_loaded()):
            demo.load()
        account = demo.staff_account()
        if account:
            self.stdout.write(f"Staff account: {account.email}   Password: {account.password}")

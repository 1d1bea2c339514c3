"""Commands that answer wrong arguments with one line, and exit with 2."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from signon.privacy.hash_key import AnotherKey


class OneLineCommand(BaseCommand):
    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # argparse prints the usage before its one line about the error; --help still shows it.
        parser.print_usage = lambda file=None: None  # type: ignore[method-assign]
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Nothing is written, nor an address looked for, under another CONTACT_HASH_KEY."""
        try:
            return super().execute(*args, **options)
        except AnotherKey as error:
            raise CommandError(str(error), returncode=2) from error

"""manage.py export_signatories SLUG [--format csv|xlsx|ods|json] [--state accepted] [--output FILE]"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from campaigns.models import Statement
from signon import exporting
from signon.exports.export_choice import Choice
from signon.management.one_line import OneLineCommand
from signon.models import Export, SignOn, User


class Command(OneLineCommand):
    help = "Write a statement's signatories as CSV (UTF-8 with BOM), XLSX, ODS or JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the statement's short name, as in its address")
        parser.add_argument("--format", choices=Export.LISTS, default="csv")
        parser.add_argument("--state", choices=SignOn.State.values, default=SignOn.State.ACCEPTED)
        parser.add_argument("--output", default="-", metavar="FILE", help="a file's path, or - for standard output")
        parser.add_argument(
            "--contacts",
            action="store_true",
            help="with representatives, their addresses and names that are kept back",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug, output, form = options["slug"], options["output"], options["format"]
        if not Statement.objects.filter(slug=slug).exists():
            raise CommandError(f"There is no statement “{slug}”.", returncode=2)
        choice = Choice(statement=slug, states=(options["state"],), contacts=options["contacts"])
        try:
            if output == "-":
                exporting.to_file(choice, form, sys.stdout.buffer, by=User.objects.command_line())
            else:
                _to_file(choice, form, Path(output))
        except BrokenPipeError:
            # Whoever read has enough (`| head`); nothing more must be flushed at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            raise CommandError(f"“{output}” cannot be written: {error.strerror or error}.", returncode=2) from error


def _to_file(choice: Choice, form: str, path: Path) -> None:
    """Written beside and moved into its place whole: a file of that name is never half a list."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            exporting.to_file(choice, form, file, by=User.objects.command_line())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

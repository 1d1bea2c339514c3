"""manage.py export_signatories SLUG [--format csv|xlsx|json] [--state accepted] [--output FILE]"""

import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError, CommandParser

from campaigns.models import Statement
from signon import exporting
from signon.management.one_line import OneLineCommand
from signon.models import SignOn
from signon.resources import ContactResource, SignatoryResource

WRITERS: dict[str, tuple[Callable[..., None], bool]] = {
    "csv": (exporting.write_csv, False),
    "xlsx": (exporting.write_xlsx, True),
    "json": (exporting.write_json, False),
}


class Command(OneLineCommand):
    help = "Write a statement's signatories as CSV (UTF-8 with BOM), XLSX or JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the statement's short name, as in its address")
        parser.add_argument("--format", choices=sorted(WRITERS), default="csv")
        parser.add_argument("--state", choices=SignOn.State.values, default=SignOn.State.ACCEPTED)
        parser.add_argument("--output", default="-", metavar="FILE", help="a file's path, or - for standard output")
        parser.add_argument(
            "--contacts",
            action="store_true",
            help="with representatives, their addresses and names that are kept back",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug, output = options["slug"], options["output"]
        if not Statement.objects.filter(slug=slug).exists():
            raise CommandError(f"There is no statement “{slug}”.", returncode=2)
        resource = ContactResource() if options["contacts"] else SignatoryResource()
        table = exporting.rows(resource, exporting.signatories(slug, options["state"]))
        write, binary = WRITERS[options["format"]]
        try:
            if output == "-":
                _to_stream(write, table, binary, sys.stdout)
            else:
                _to_file(write, table, binary, Path(output))
        except BrokenPipeError:
            # Whoever read has enough (`| head`); nothing more must be flushed at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            raise CommandError(f"“{output}” cannot be written: {error.strerror or error}.", returncode=2) from error


def _to_stream(write: Callable[..., None], table: Any, binary: bool, stream: Any) -> None:
    if binary:
        write(table, stream.buffer)
    else:
        text = io.TextIOWrapper(stream.buffer, encoding="utf-8", newline="", write_through=True)
        write(table, text)
        text.detach()


def _to_file(write: Callable[..., None], table: Any, binary: bool, path: Path) -> None:
    """Written beside and moved into its place whole: a file of that name is never half a list."""
    encoding: dict[str, Any] = {} if binary else {"encoding": "utf-8", "newline": ""}
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        file: IO[Any]
        with os.fdopen(descriptor, "wb" if binary else "w", **encoding) as file:
            write(table, file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

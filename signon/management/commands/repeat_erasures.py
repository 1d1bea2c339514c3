"""manage.py repeat_erasures FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from signon.management.one_line import OneLineCommand
from signon.privacy import erasing


class Command(OneLineCommand):
    help = "After a backup was restored: erase again the addresses that were erased since (FILE is ERASURES_FILE)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="moment and keyed digest, a line each, as ERASURES_FILE has them")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            lines = path.read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            raise CommandError(f"There is no file {path}.", returncode=2) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} could not be read: {type(error).__name__}.", returncode=2) from None
        try:
            found = erasing.repeat(lines)
        except ValueError:
            raise CommandError(f"{path} has a line that is not a moment and a digest.", returncode=2) from None
        self.stdout.write(f"{len(lines)} erasures known, {found} addresses found and erased again.")

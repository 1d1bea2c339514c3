"""manage.py repeat_erasures FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from signon.management.one_line import OneLineCommand
from signon.privacy import erasing, erasures_file, hash_key


class Command(OneLineCommand):
    help = "After a backup was restored: erase again the addresses that were erased since (FILE is ERASURES_FILE)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="moment and keyed digest, a line each, as ERASURES_FILE has them")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = erasures_file.read(Path(options["file"]))
            found = erasing.repeat(written)
        except (erasures_file.Unreadable, hash_key.AnotherKey) as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"{len(written)} erasures known, {found} addresses found and erased again.")

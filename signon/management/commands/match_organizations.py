"""manage.py match_organizations FILE.csv"""

import csv
import io
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from signon import matching
from signon.management.one_line import OneLineCommand

COLUMNS = ("name_a", "country_a", "name_b", "country_b")


class Command(OneLineCommand):
    help = (
        "Judge pairs of organizations: reads CSV with the columns name_a, country_a, name_b, country_b and writes it to"
        " standard output with a score from 0 to 1 and same, 1 or 0. Countries as printed, or empty."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        header, rows = _read(options["file"])
        judged = [name for name in header if name not in ("score", "same")]
        output = io.StringIO()
        writer = csv.DictWriter(output, [*judged, "score", "same"], extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            name_a, country_a, name_b, country_b = (row[column] or "" for column in COLUMNS)
            judgment = matching.judge(matching.printed(name_a, country_a), matching.printed(name_b, country_b))
            writer.writerow(row | {"score": f"{judgment.score:.3f}", "same": int(judgment.same)})
        self.stdout.write(output.getvalue(), ending="")


def _read(path: Path) -> tuple[list[str], list[dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        header = list(reader.fieldnames or [])
        if missing := [column for column in COLUMNS if column not in header]:
            raise CommandError(f"“{path}” has no column {', '.join(missing)}.", returncode=2)
        return header, list(reader)
    except OSError as error:
        raise CommandError(f"“{path}” cannot be read: {error.strerror or error}.", returncode=2) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"“{path}” is no CSV in UTF-8: {error}.", returncode=2) from error

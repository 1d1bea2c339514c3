"""manage.py import_signatories SLUG FILE [--dry-run] [--map COLUMN=FIELD]… [--json REPORT]"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from campaigns.models import Statement
from signon import importing
from signon.imports import remarks
from signon.imports.recognizing import is_gone
from signon.imports.tables import Unreadable
from signon.management.one_line import OneLineCommand
from signon.models import Import, ImportRow, User


class Command(OneLineCommand):
    help = (
        "Import a list (CSV, XLSX, ODS or JSON) as signatories of a statement. Without --consent the rows are taken as"
        " published elsewhere already; import nobody who was not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the statement's short name, as in its address")
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="report only, write nothing")
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", dest="columns")
        parser.add_argument("--json", type=Path, metavar="REPORT", help="write what became of each row")
        parser.add_argument("--source", default="", help="where and when the list was published or signed, in words")
        parser.add_argument("--consent", default=Import.Consent.PUBLISHED, choices=Import.Consent.values,
                            help="published elsewhere, on file, or to be asked for by mail")  # fmt: skip
        parser.add_argument("--take-the-rest", action="store_true", help="leave out rows with problems")

    def handle(self, *args: Any, **options: Any) -> None:
        statement = Statement.objects.filter(slug=options["slug"]).first()
        if statement is None:
            raise CommandError(f"There is no statement “{options['slug']}”.", returncode=2)
        try:
            columns = dict(map(_pair, options["columns"]))
            plan = importing.plan(statement, options["file"], columns, consent=options["consent"])
        except Unreadable as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            _write(options["json"], plan.as_report())
        for row in plan.rows:
            if row.status == ImportRow.Status.PROBLEM:
                self.stderr.write(f"Row {row.number}: {remarks.say_all(row.problems)}")
            elif is_gone(row):
                self.stderr.write(f"Row {row.number} is left out: {remarks.say_all(row.reasons)}")
        if not options["dry_run"]:
            self._apply(plan, options)
        numbers = [f"{plan.number_of(status)} {status}" for status in ImportRow.Status.values]
        self.stdout.write(f"{len(plan.rows)} rows read: {', '.join(numbers)}.")

    def _apply(self, plan: importing.Plan, options: dict[str, Any]) -> None:
        source = options["source"] or f"Import of {options['file'].name}"
        try:
            importing.apply(
                plan,
                by=User.objects.command_line(),
                source=source,
                take_the_rest=options["take_the_rest"],
            )
        except importing.HasProblems as error:
            raise CommandError(
                f"Nothing was imported: {plan.blocking} rows have problems. Mend them, or add --take-the-rest.",
                returncode=2,
            ) from error
        except importing.CannotImport as error:
            raise CommandError(f"Nothing was imported. {error}".strip(), returncode=2) from error


def _pair(text: str) -> tuple[str, str]:
    column, separator, name = text.rpartition("=")
    if not separator or not column:
        raise CommandError(f"--map takes COLUMN=FIELD, not “{text}”.", returncode=2)
    return column, name


def _write(path: Path, report: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"“{path}” cannot be written: {error.strerror}.", returncode=2) from error

"""Django's own `migrate`, which first asks what refuses a way back: a migration sees no further than its own step."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.exceptions import AmbiguityError
from django.db.migrations.executor import MigrationExecutor

from signon.management.one_line import OneLineCommand
from signon.migrations import _going_back


class Command(OneLineCommand, migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        for migration in _taken_back(MigrationExecutor(connection), options):
            for operation in migration.operations:
                asks = getattr(operation, "reverse_code", None)
                if asks in _going_back.ALL:
                    asks(apps, connection.schema_editor())
        try:
            super().handle(*args, **options)
        except CommandError as error:
            error.returncode = 2  # as of the other commands; Django's is 1
            raise


def _taken_back(executor: MigrationExecutor, options: dict[str, Any]) -> list[Migration]:
    """The migrations that this would take back; none where Django will say what is wrong with what was asked."""
    app, name = options["app_label"], options["migration_name"]
    if options["fake"] or options["prune"] or not app or not name:
        return []
    if name == "zero":
        target: tuple[str, str | None] = (app, None)
    else:
        try:
            target = (app, executor.loader.get_migration_by_prefix(app, name).name)
        except (AmbiguityError, KeyError):
            return []
    if target[1] and target not in executor.loader.graph.nodes:
        return []  # one of those that a squashed migration replaces
    return [migration for migration, backwards in executor.migration_plan([target]) if backwards]

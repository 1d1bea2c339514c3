"""How an index comes into a table that may have a million rows, and leaves it, while people sign."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex
from django.db.migrations.operations.base import Operation


class AddIndexMeanwhile(AddIndexConcurrently):
    """Makes an index without a lock that anybody waits for; begun again, it removes what was left half made.

    It waits for transactions that are open, however long. Tests take migrations back inside a transaction, in which
    nothing is done concurrently: there it is made as any other.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        connection = schema_editor.connection
        if connection.in_atomic_block:
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            (before,) = cursor.fetchone()
            cursor.execute("SET lock_timeout = 0")
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.in_atomic_block:
            AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)
        else:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class _WithoutOwnIndex(Operation):
    """Takes away an index that Django made for a field by itself, without a lock that anybody waits for.

    `AlterField` would check a foreign key anew for each row. Begun again, it goes on where it was.
    """

    atomic = False
    suffix = ""
    opclasses: tuple[str, ...] = ()

    def __init__(self, model_name, name):
        self.model_name, self.name = model_name, name

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        name = schema_editor.quote_name(
            schema_editor._create_index_name(model._meta.db_table, [column], suffix=self.suffix)
        )
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {_concurrently(schema_editor)} IF EXISTS {name}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        made = schema_editor._create_index_sql(
            model, fields=[model._meta.get_field(self.name)], suffix=self.suffix, opclasses=self.opclasses
        )
        made = str(made).replace("CREATE INDEX", f"CREATE INDEX {_concurrently(schema_editor)} IF NOT EXISTS", 1)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(made)


class RemoveKeyIndex(_WithoutOwnIndex):
    """A foreign key gets `db_index=False`."""

    def state_forwards(self, app_label, state):
        field = state.models[app_label, self.model_name].fields[self.name].clone()
        field.db_index = False
        state.alter_field(app_label, self.model_name, self.name, field, preserve_default=True)

    def describe(self):
        return f"Remove the index of {self.model_name}.{self.name}"


class RemoveLikeIndex(_WithoutOwnIndex):
    """A unique text that nobody looks for by how it begins goes without what Django makes for LIKE beside its index."""

    suffix, opclasses = "_like", ("varchar_pattern_ops",)

    def state_forwards(self, app_label, state):
        pass

    def describe(self):
        return f"Remove the index for LIKE of {self.model_name}.{self.name}"


def _concurrently(schema_editor):
    """Tests take migrations back inside a transaction, in which nothing is done concurrently."""
    return "" if schema_editor.connection.in_atomic_block else "CONCURRENTLY"

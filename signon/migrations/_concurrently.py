"""How an index comes into a table that may have a million rows, and leaves it, while people sign.

Nobody waits for a lock of these; they wait for transactions that are open, however long. Begun again, each goes on
where it was: what was left half made is removed, what is whole stays. Tests take migrations back inside a transaction,
in which nothing is done concurrently.
"""

from contextlib import contextmanager

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db.migrations import AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation

IS_WHOLE = """
SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident(%s))
"""


class AddIndexMeanwhile(AddIndexConcurrently):
    """Makes an index."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.in_atomic_block:
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
        elif not _is_there(schema_editor, self.index.name):
            with _patience(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.in_atomic_block:
            AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)
        else:
            with _patience(schema_editor):
                super().database_backwards(app_label, schema_editor, from_state, to_state)


class RemoveIndexMeanwhile(RemoveIndexConcurrently):
    """Takes away an index that a model named."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.in_atomic_block:
            RemoveIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
        else:
            with _patience(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.in_atomic_block:
            RemoveIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)
        elif not _is_there(schema_editor, self.name):
            with _patience(schema_editor):
                super().database_backwards(app_label, schema_editor, from_state, to_state)


class _WithoutOwnIndex(Operation):
    """Takes away an index that Django made for a field by itself; `AlterField` would check a key anew for each row."""

    atomic = False
    suffix = ""
    opclasses: tuple[str, ...] = ()

    def __init__(self, model_name, name):
        self.model_name, self.name = model_name, name

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        with _patience(schema_editor):
            _drop(schema_editor, self._index(schema_editor, model))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if _is_there(schema_editor, self._index(schema_editor, model)):
            return
        made = schema_editor._create_index_sql(
            model, fields=[model._meta.get_field(self.name)], suffix=self.suffix, opclasses=self.opclasses
        )
        with _patience(schema_editor):
            made = str(made).replace("CREATE INDEX", f"CREATE INDEX {_concurrently(schema_editor)}", 1)
            schema_editor.execute(made, params=None)

    def _index(self, schema_editor, model):
        column = model._meta.get_field(self.name).column
        return schema_editor._create_index_name(model._meta.db_table, [column], suffix=self.suffix)


class RemoveFieldIndex(_WithoutOwnIndex):
    """A field gets `db_index=False`."""

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


def _is_there(schema_editor, name):
    """Whether an index is whole; one that an interruption left half made is removed. Of SQL to be shown: no."""
    if schema_editor.collect_sql:
        return False
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(IS_WHOLE, [name])
        found = cursor.fetchone()
    if found == (False,):
        with _patience(schema_editor):
            _drop(schema_editor, name)
    return found == (True,)


def _drop(schema_editor, name):
    sql = f"DROP INDEX {_concurrently(schema_editor)} IF EXISTS {schema_editor.quote_name(name)}"
    schema_editor.execute(sql, params=None)


@contextmanager
def _patience(schema_editor):
    """Without the time-out for locks that migrations have (config.migrating): it would end what only waits."""
    connection = schema_editor.connection
    if schema_editor.collect_sql or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])


def _concurrently(schema_editor):
    return "" if schema_editor.connection.in_atomic_block else "CONCURRENTLY"

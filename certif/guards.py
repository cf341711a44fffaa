"""Database triggers that refuse what must never happen: changing a sealed or append-only row.

Python code can be bypassed (bulk updates, the admin, raw SQL, a fixture); a trigger cannot.
Each `Guard` says in SQL when the row `{row}` (OLD or NEW) is frozen. An update that changes
nothing passes, so that loading the same fixture twice is harmless.
"""

from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import migrations


@dataclass(frozen=True)
class Guard:
    """Rows of `table` are frozen when `frozen` (SQL over `{row}`) is true.

    `columns`: the columns that may not change (all the others may).
    `insert`: also refuse new rows where `frozen` holds for them.
    `delete`: refuse deletions where `frozen` holds.
    """

    table: str
    columns: tuple[str, ...]
    frozen: str
    message: str
    insert: bool = True
    delete: bool = True

    @property
    def name(self) -> str:
        return f"guard_{self.table}"


def _statements(guard: Guard, vendor: str) -> list[str]:
    frozen_old, frozen_new = (guard.frozen.format(row=row) for row in ("OLD", "NEW"))
    distinct = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    cast = "" if vendor == "sqlite" else "::text"  # json columns have no equality operator
    changed = " OR ".join(f'OLD."{column}"{cast} {distinct} NEW."{column}"{cast}' for column in guard.columns)
    update = f"({changed}) AND (({frozen_old}) OR ({frozen_new}))"
    message = guard.message.replace("'", "''")
    when = {"UPDATE": update}
    if guard.insert:
        when["INSERT"] = frozen_new
    if guard.delete:
        when["DELETE"] = frozen_old
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {guard.name}_{event.lower()} BEFORE {event} ON {guard.table} "
            f"FOR EACH ROW WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for event, condition in when.items()
        ]
    statements = []
    for event, condition in when.items():
        name = f"{guard.name}_{event.lower()}"
        answer = "OLD" if event == "DELETE" else "NEW"
        statements.append(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; "
            f"END IF; RETURN {answer}; END $$"
        )
        statements.append(
            f"CREATE TRIGGER {name} BEFORE {event} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    return statements


def install(connection, guards: tuple[Guard, ...]) -> None:
    """Creates the triggers of `guards`, replacing those that exist.

    An older migration meets today’s guards: it leaves out the tables and the columns that a later one adds.
    """
    guards = _present(connection, guards)
    remove(connection, guards)
    with connection.cursor() as cursor:
        for guard in guards:
            known = {column.name for column in connection.introspection.get_table_description(cursor, guard.table)}
            present = replace(guard, columns=tuple(name for name in guard.columns if name in known))
            for statement in _statements(present, connection.vendor):
                cursor.execute(statement)


def remove(connection, guards: tuple[Guard, ...]) -> None:
    """Drops the triggers of `guards`. Only migrations and test clean-up may call this."""
    on_table = "" if connection.vendor == "sqlite" else " ON {table}"
    guards = _present(connection, guards)
    with connection.cursor() as cursor:
        for guard in guards:
            for event in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}_{event}" + on_table.format(table=guard.table))


def _present(connection, guards: tuple[Guard, ...]) -> tuple[Guard, ...]:
    tables = set(connection.introspection.table_names())
    return tuple(guard for guard in guards if guard.table in tables)


@contextmanager
def suspended(connection, guards: tuple[Guard, ...]):
    """Lifts the guards, for the time it takes a test database to be emptied."""
    remove(connection, guards)
    try:
        yield
    finally:
        install(connection, guards)


class InstallGuards(migrations.RunPython):
    """Migration operation: (re)installs guards."""

    def __init__(self, guards: tuple[Guard, ...]):
        super().__init__(
            lambda apps, editor: install(editor.connection, guards),
            lambda apps, editor: remove(editor.connection, guards),
        )


class LiftGuards(migrations.RunPython):
    """Migration operation, first of a migration that changes a guarded table: SQLite rebuilds the table,
    which its triggers would refuse, and drops them. `InstallGuards` comes last."""

    def __init__(self, guards: tuple[Guard, ...]):
        super().__init__(
            lambda apps, editor: remove(editor.connection, guards),
            lambda apps, editor: install(editor.connection, guards),
        )

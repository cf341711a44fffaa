"""The database of the tests: migrated once, copied for each process that needs one, emptied after real transactions."""

import ast
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection, connections, transaction

ROOT = Path(__file__).resolve().parent.parent
OURS = ("certif", "referentiel", "assessments")
COPIES = ROOT / ".pytest_cache" / "certif"
WRITTEN_BY_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker) -> Iterator[None]:
    """Takes the place of pytest-django’s, which migrates in each process of each run."""
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        name = connection.creation._get_test_db_name()
        {"sqlite": _copy_of_file, "postgresql": _copy_of_database}[connection.vendor](name)
        _use(name)
    yield
    with django_db_blocker.unblock():
        connection.creation.destroy_test_db(usual, verbosity=0)


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _migrate(name: str) -> None:
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


def _copy_of_file(name: str) -> None:
    """From a file kept between runs, for as long as it says what the migrations would."""
    model = COPIES / f"{_fingerprint()}.sqlite3"
    COPIES.mkdir(parents=True, exist_ok=True)
    with _alone(COPIES / "lock"):
        if not model.exists():
            for old in COPIES.glob("*.sqlite3*"):
                old.unlink()
            draft = model.with_suffix(".sqlite3-draft")
            _migrate(str(draft))
            draft.rename(model)
    shutil.copyfile(model, name)


def _copy_of_database(name: str) -> None:
    """From a database that the first process makes in the cluster."""
    model = f"essais_{_fingerprint()}"
    quoted = connection.ops.quote_name
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(600)")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [model])
        if not cursor.fetchone():
            _migrate(f"{model}_ebauche")
            cursor.execute(f"ALTER DATABASE {model}_ebauche RENAME TO {model}")
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")
        cursor.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {model}")
        cursor.execute("SELECT pg_advisory_unlock(600)")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _fingerprint() -> str:
    """Of all that decides what migrations leave: themselves, the models, what both import of ours, the libraries."""
    sources = {ROOT / "requirements-dev.txt", Path(__file__)}
    waiting = {path for app in OURS for path in (ROOT / app).rglob("*.py") if {"migrations", "models"} & {*path.parts, path.stem}}
    while waiting:
        path = waiting.pop()
        sources.add(path)
        waiting |= _imported_by(path) - sources
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _imported_by(path: Path) -> set[Path]:
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    places = [ROOT / name.replace(".", "/") for name in names if name.split(".")[0] in OURS]
    return {file for place in places for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists()}


# --- After real transactions ------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def databases_can_be_emptied():
    """A test with real transactions ends by emptying every table, frozen rows included. The guards and what migrations wrote
    stay: Django’s own way would write it again."""
    patch = pytest.MonkeyPatch()
    patch.setattr(flush.Command, "handle", lambda self, **options: _empty(connections[options["database"]]))
    yield
    patch.undo()


def _empty(database) -> None:
    tables = set(database.introspection.table_names()) - WRITTEN_BY_MIGRATIONS
    delete = [f"DELETE FROM {database.ops.quote_name(table)}" for table in sorted(tables)]
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
            cursor.execute("; ".join(delete))
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        cursor.execute("PRAGMA foreign_keys = OFF")
        with transaction.atomic(using=database.alias):
            for statement in (*(f"DROP TRIGGER {name}" for name, _ in triggers), *delete, *(sql for _, sql in triggers)):
                cursor.execute(statement)
        cursor.execute("PRAGMA foreign_keys = ON")

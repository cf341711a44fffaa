"""The database in one file and back, with the tool that each database provides: triggers and constraints included."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path


class DumpError(Exception):
    """The database could not be copied; says why, in French."""


def dump(connection, target: Path) -> None:
    """Copies the database as it stands at one moment, while it is in use."""
    if connection.vendor == "sqlite":
        _sqlite_copy(connection.settings_dict["NAME"], target)
    else:
        _postgresql(connection, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load(connection, source: Path) -> None:
    """Fills an empty database: wholly, or not at all."""
    connection.close()
    if connection.vendor == "sqlite":
        _sqlite_copy(source, connection.settings_dict["NAME"])
    else:
        options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
        _postgresql(connection, "pg_restore", *options, f"--dbname={connection.settings_dict['NAME']}", str(source))


def is_empty(connection) -> bool:
    return not connection.introspection.table_names()


def _sqlite_copy(source: Path | str, target: Path | str) -> None:
    """SQLite’s own backup: one consistent state, written in one transaction, in a single file."""
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)
            written.execute("PRAGMA journal_mode=DELETE")
            found = written.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise DumpError(f"La copie de la base SQLite a échoué : {error}") from error
    if found != "ok":
        raise DumpError(f"La base SQLite est abîmée : {found}")


def _postgresql(connection, tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise DumpError(f"« {tool} » est introuvable. Sous Debian : apt-get install postgresql-client")
    given = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    place = {name: str(given[setting]) for name, setting in named.items() if given[setting]}
    if mode := given["OPTIONS"].get("sslmode"):
        place["PGSSLMODE"] = mode
    done = subprocess.run(
        [tool, *arguments], env={**os.environ, **place}, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise DumpError(f"« {tool} » a échoué : {done.stderr.strip()}")

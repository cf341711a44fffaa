"""A database that is down gives a French page at once, and its return is noticed without a restart."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests.postgres import cluster

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow

# The server's own door, and not the test client, which keeps connections that a server would drop.
VISIT = """
import sys
from django.test import RequestFactory
from certif.wsgi import application
def visit(path):
    answers = []
    environ = RequestFactory().get(path, HTTP_COOKIE="sessionid=inconnue").environ
    application(environ, lambda status, headers: answers.append((status[:3], dict(headers).get("Retry-After")))).close()
    return answers[0]
for line in sys.stdin:
    print(*visit("/admin/"), *visit("/pret/"), flush=True)
"""


@contextmanager
def unreachable(folder: Path) -> Iterator[None]:
    """Nobody can come in any more, and those who were in are put out."""
    [socket] = [path for path in folder.glob(".s.PGSQL.*") if not path.name.endswith(".lock")]
    session = psycopg2.connect(host=str(folder), user="certif", dbname="postgres")
    hidden = socket.rename(folder / "away")
    with session.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'certif'"
        )
    session.close()
    yield
    hidden.rename(socket)


def test_it_comes_back_by_itself(tmp_path):
    with cluster() as url:
        folder = Path(url.removeprefix("postgres://certif@/")).parent
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "certif.settings",
            "DATABASE_URL": url,
            "CERTIF_DATA": str(tmp_path),
        }
        for app in ("sessions", "django_tasks_database"):  # the tables of the two pages visited
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0", app], cwd=ROOT, env=environment, check=True)
        with subprocess.Popen(
            [sys.executable, "-c", VISIT],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as server:

            def visit() -> str:
                server.stdin.write("encore\n")
                server.stdin.flush()
                return server.stdout.readline().strip()

            assert visit() == "302 None 200 None"
            with unreachable(folder):
                assert visit() == "503 30 503 None"
            assert visit() == "302 None 200 None"

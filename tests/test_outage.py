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

VISIT = """
import sys, django
django.setup()
from django.test import Client
visitor = Client(raise_request_exception=False)
for line in sys.stdin:
    visitor.cookies["sessionid"] = "inconnue"
    page = visitor.get("/admin/")
    ready = visitor.get("/pret/")
    print(page.status_code, page.headers.get("Retry-After"), ready.status_code, flush=True)
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
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
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

            assert visit() == "302 None 200"
            with unreachable(folder):
                assert visit() == "503 30 503"
            assert visit() == "302 None 200"

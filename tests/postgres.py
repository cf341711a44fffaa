"""A throw-away PostgreSQL: `python -m tests.postgres COMMAND…` runs COMMAND with TEST_DATABASE_URL pointing at it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Nothing here survives the run: what protects data from a power cut only slows it down.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' -c max_connections=200"


@contextmanager
def cluster() -> Iterator[str]:
    """Starts a PostgreSQL reachable only through a socket in its own folder; gives its URL; leaves nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="certif-pg-", dir="/tmp"))  # a socket's path must be short
    user = _unprivileged_user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        _run(user, "initdb", "-D", data, "-U", "certif", "--auth=trust", "--no-locale", "--encoding=UTF8", "--no-sync")
        _run(user, "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"{FAST} -k {folder}", "start")
        try:
            yield f"postgres://certif@/{folder}/postgres"
        finally:
            _run(user, "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(user: str | None, tool: str, *arguments: str | Path) -> None:
    command = [str(_binaries() / tool), *map(str, arguments)]
    if user:
        command = ["runuser", "-u", user, "--", *command]
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise SystemExit(f"{tool} : {done.stderr}")


def _binaries() -> Path:
    """Debian keeps them out of the PATH, one folder per version; the newest wins."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    if not found:
        raise SystemExit("PostgreSQL est introuvable : apt-get install postgresql")
    return Path(found).parent


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with cluster() as url:
        return subprocess.run(command, env={**os.environ, "TEST_DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

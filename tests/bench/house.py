"""The product installed as `./run` does, in a throw-away folder: migrated, its norm loaded, its demonstration made."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
WORK_SECONDS = 600


class House:
    """One installation. A measure runs in a process of its own, under the settings of production."""

    def __init__(self, folder: Path, database_url: str):
        self.folder = folder
        self.server = 0
        self.port = _free_port()
        self.site = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("TEST_DATABASE_URL", "PYTEST_CURRENT_TEST")},
            "CERTIF_DATA": str(folder),
            "CERTIF_LOCAL": "1",
            "CERTIF_DEBUG": "0",
            "CERTIF_WORKER": "external",
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "SECRET_KEY": "",
            "DATABASE_URL": database_url,
            "MEDIA_ROOT": str(folder / "media"),
            "CACHE_URL": "",
            "EMAIL_URL": "memorymail://",
            "SITE_URL": self.site,
            "ALLOWED_HOSTS": "127.0.0.1",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }

    def prepare(self) -> None:
        for command in (["migrate", "--verbosity", "0"], ["charger_norme"], ["collectstatic", "--noinput", "--verbosity", "0"], ["demo"]):
            self._run([sys.executable, "manage.py", *command])

    def work(self, name: str, **given) -> dict:
        """What `tests/bench/works/NAME.py` measures."""
        said = self._run([sys.executable, "-m", "tests.bench.works", name, json.dumps(given)])
        return json.loads(said.splitlines()[-1])

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WORK_SECONDS,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[1:4])}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    @contextmanager
    def served(self) -> Iterator[Path]:
        """The product behind gunicorn on a port of this machine (`server` is its process); gives the file of its log."""
        log = self.folder / "gunicorn.log"
        with log.open("w") as output:
            server = subprocess.Popen(
                [str(Path(sys.executable).parent / "gunicorn")],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.server = server.pid
        try:
            self._wait_for(server, log)
            yield log
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()

    def _wait_for(self, server: subprocess.Popen, log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with urlopen(f"{self.site}/sante/", timeout=2):
                    return
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(log.read_text()[-4000:]) from None
                time.sleep(0.1)


@contextmanager
def built(database_url: str | None = None) -> Iterator[House]:
    """A house on SQLite unless a database is given; nothing is left of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="certif-mesures-"))
    try:
        house = House(folder, database_url or f"sqlite:///{folder / 'certif.sqlite3'}")
        house.prepare()
        yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]

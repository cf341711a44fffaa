"""The embedded worker comes back when it dies and leaves with the server."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def wait_for(question, seconds: float = 20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError("never happened")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


@pytest.fixture
def supervisor(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "certif.settings",
        "CERTIF_DATA": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'certif.sqlite3'}",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0", "django_tasks_database"], cwd=ROOT, env=environment, check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "certif.worker", str(tmp_path / "heartbeat"), "1"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    yield process
    process.kill()
    process.wait()


def test_it_comes_back_and_leaves(supervisor, tmp_path):
    [first] = wait_for(lambda: children_of(supervisor.pid))
    wait_for((tmp_path / "heartbeat").exists)

    os.kill(first, signal.SIGKILL)
    [second] = wait_for(lambda: [child for child in children_of(supervisor.pid) if child != first])

    supervisor.terminate()
    assert supervisor.wait(20) == 0
    assert is_gone(second)
    assert not (tmp_path / "heartbeat").exists()

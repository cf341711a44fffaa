"""Keeps one background worker alive beside the server: restarts it when it dies, leaves when the server leaves."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

RESTART_SECONDS = 2
STOP_SECONDS = 10


def main(heartbeat: Path, interval: float) -> None:
    """Touches `heartbeat` every `interval` seconds of the worker's life; returns when the parent process is gone."""
    parent = os.getppid()
    stopping = False

    def stop(signum: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    child = None
    while not stopping and os.getppid() == parent:
        if child is None or child.poll() is not None:
            if child is not None:
                time.sleep(RESTART_SECONDS)
            child = start()
        heartbeat.touch()
        next_beat = time.monotonic() + interval
        while time.monotonic() < next_beat and not stopping and child.poll() is None:
            time.sleep(0.25)
    heartbeat.unlink(missing_ok=True)
    end(child)


def start() -> subprocess.Popen:
    # A session of its own: Ctrl+C reaches the server, which then asks the worker to finish its document.
    return subprocess.Popen(
        [sys.executable, "manage.py", "db_worker", "--queue-name", "*", "--no-startup-delay", "--verbosity", "1"],
        cwd=Path(__file__).resolve().parent.parent,
        start_new_session=True,
    )


def end(child: subprocess.Popen | None) -> None:
    """Lets the current document finish, within `STOP_SECONDS`."""
    if child is None or child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))

"""How the product is served: gunicorn reads this file by itself; PORT, HOST, WEB_PROCESSES and WEB_THREADS adjust it."""

import os
import subprocess
import sys
from pathlib import Path

import environ

from certif import limits

environ.Env.read_env(Path(__file__).with_name(".env"))  # before the settings are: they come with the application

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
wsgi_app = "certif.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = limits.REQUEST_SECONDS
graceful_timeout = 10
keepalive = 5
preload_app = True
control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
loglevel = os.environ.get("LOG_LEVEL", "warning")

_background = None


def when_ready(server):
    """The embedded background worker starts with the server."""
    from django.conf import settings

    global _background
    if settings.WORKER_EMBEDDED:
        _background = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "certif.worker",
                str(settings.WORKER_HEARTBEAT_FILE),
                str(limits.WORKER_HEARTBEAT.total_seconds()),
            ],
            start_new_session=True,
        )


def on_exit(server):
    """… and stops with it."""
    if _background is not None and _background.poll() is None:
        _background.terminate()
        try:
            _background.wait(graceful_timeout + 5)
        except subprocess.TimeoutExpired:
            _background.kill()


def post_fork(server, worker):
    """Each process opens its own database connections."""
    from django.db import connections

    connections.close_all()

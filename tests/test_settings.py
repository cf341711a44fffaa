"""The settings refuse what would be dangerous, before anyone connects."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow

NOT_FOR_A_SERVER = {"CERTIF_LOCAL", "CERTIF_DEBUG", "LOG_LEVEL", "FORWARDED_ALLOW_IPS"}


def test_every_setting_is_in_the_example():
    sources = (ROOT / "certif" / "settings.py").read_text() + (ROOT / "gunicorn.conf.py").read_text()
    read = set(re.findall(r"""(?:env|env\.\w+|environ\.get)\(["']([A-Z_]+)["']""", sources))
    offered = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read - NOT_FOR_A_SERVER == offered


def start(tmp_path, expression: str = "'démarré'", **environment: str) -> subprocess.CompletedProcess:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    program = f"from certif import settings; print({expression})"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env={"SECRET_KEY": "", **kept, "CERTIF_DATA": str(tmp_path / "var"), **environment},
        capture_output=True,
        text=True,
    )


def test_no_key_no_start(tmp_path):
    refused = start(tmp_path)
    assert refused.returncode == 1
    assert "ImproperlyConfigured: SECRET_KEY manque." in refused.stderr


def test_a_local_trial_draws_a_key_of_its_own_and_keeps_it(tmp_path):
    first = start(tmp_path, "settings.SECRET_KEY", CERTIF_LOCAL="1").stdout.strip()
    assert len(first) == 86
    assert start(tmp_path, "settings.SECRET_KEY").stdout.strip() == first
    assert (tmp_path / "var" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_debug_pages_never_reach_a_server(tmp_path):
    refused = start(tmp_path, SECRET_KEY="clé", CERTIF_DEBUG="1")
    assert refused.returncode == 1
    assert "CERTIF_DEBUG n’existe que pour un essai local" in refused.stderr
    assert start(tmp_path, "settings.DEBUG", SECRET_KEY="clé").stdout.strip() == "False"


def test_https_closes_every_door(tmp_path):
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS ALLOWED_HOSTS"
    expression = f"[getattr(settings, name) for name in '{names}'.split()]"
    server = start(tmp_path, expression, SECRET_KEY="clé", SITE_URL="https://certif.exemple.fr", ALLOWED_HOSTS="certif.exemple.fr")
    assert server.stdout.strip() == "[True, True, True, 31536000, ['certif.exemple.fr']]"


def test_postgresql_waits_within_limits(tmp_path):
    expression = "[settings.DATABASES['default'][name] for name in ('OPTIONS', 'CONN_MAX_AGE')]"
    server = start(tmp_path, expression, SECRET_KEY="clé", DATABASE_URL="postgres://u:p@base/certif")
    assert server.stdout.strip() == (
        "[{'connect_timeout': 2, 'options': '-c statement_timeout=10s -c lock_timeout=5s'}, 60]"
    )

"""The product's settings, in a throw-away data folder, strict where a mistake would otherwise be silent.

TEST_DATABASE_URL chooses the database (see tests/postgres.py); nothing is read from the developer's own environment.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_data = Path(tempfile.mkdtemp(prefix="certif-essais-"))
atexit.register(shutil.rmtree, _data, ignore_errors=True)

os.environ.update(
    CERTIF_DATA=str(_data),
    CERTIF_DEBUG="0",
    CERTIF_WORKER="external",
    SECRET_KEY="clé des essais",
    SITE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_data / 'certif.sqlite3'}",
    MEDIA_ROOT=str(_data / "media"),
    EMAIL_URL="memorymail://",
    CACHE_URL="locmemcache://",
    TRUSTED_PROXIES="0",
)

from certif.settings import *  # noqa: E402, F403
from certif.settings import DATABASES, STORAGES, TEMPLATES  # noqa: E402
from tests.undefined import FailIfOurs  # noqa: E402

# A file and not memory: threads of a live server then have connections of their own, as in production.
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "essais.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"
    DATABASES["default"]["OPTIONS"]["timeout"] = 120  # seconds: fifty writers on a loaded machine take their turn
DATABASES["default"]["CONN_MAX_AGE"] = 0

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = FailIfOurs()

"""Two questions a supervisor asks: does the process live, and can it serve?"""

import shutil
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from certif import limits


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    checks = {"base": database_answers(), "disque": disk_accepts()}
    checks["travaux"] = checks["base"] and worker_works()
    return JsonResponse(
        {name: "ok" if passed else "en panne" for name, passed in checks.items()},
        status=200 if all(checks.values()) else 503,
    )


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def disk_accepts() -> bool:
    """Evidence can be stored: the folder is writable and has room for a few files of the largest size."""
    probe = settings.MEDIA_ROOT / ".probe"
    try:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"ok")
        probe.unlink(missing_ok=True)
    except OSError:
        return False
    return shutil.disk_usage(settings.MEDIA_ROOT).free > limits.FREE_DISK_BYTES


def worker_works() -> bool:
    """The embedded worker has shown a sign of life, and no document has been waiting for long."""
    if settings.WORKER_EMBEDDED and not _heart_beats():
        return False
    waiting_since = timezone.now() - limits.TASK_PATIENCE
    try:
        return not DBTaskResult.objects.ready().filter(enqueued_at__lt=waiting_since).exists()
    except DatabaseError:
        return False


def _heart_beats() -> bool:
    try:
        silence = time.time() - settings.WORKER_HEARTBEAT_FILE.stat().st_mtime
    except FileNotFoundError:
        return False
    return silence < 4 * limits.WORKER_HEARTBEAT.total_seconds()

"""/sante/ says the process lives; /pret/ says that database, disk and worker do."""

import os
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from certif import health, limits


@pytest.fixture
def embedded(settings, tmp_path):
    settings.WORKER_EMBEDDED = True
    settings.WORKER_HEARTBEAT_FILE = tmp_path / "worker.heartbeat"
    return settings.WORKER_HEARTBEAT_FILE


def waiting_task(age: timedelta) -> None:
    task = DBTaskResult.objects.create(
        task_path="essai", args_kwargs={"args": [], "kwargs": {}}, backend_name="default", run_after=timezone.now()
    )
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=timezone.now() - age)


def test_alive_without_a_single_query(client):
    client.cookies["sessionid"] = "quelconque"
    response = client.get("/sante/")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready(client, db):
    response = client.get("/pret/")
    assert (response.status_code, response.json()) == (200, {"base": "ok", "disque": "ok", "travaux": "ok"})


def test_post_is_refused(client):
    assert (client.post("/sante/").status_code, client.post("/pret/").status_code) == (405, 405)


def test_not_ready_when_the_database_is_gone(client, db, monkeypatch):
    def gone():
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(health.connection, "cursor", gone)
        response = client.get("/pret/")
    assert response.status_code == 503
    assert response.json() == {"base": "en panne", "disque": "ok", "travaux": "en panne"}


def test_not_ready_when_the_disk_is_full(client, db, monkeypatch):
    monkeypatch.setattr(limits, "FREE_DISK_BYTES", 2**60)
    assert client.get("/pret/").json() == {"base": "ok", "disque": "en panne", "travaux": "ok"}


def test_not_ready_when_the_evidence_folder_cannot_be_written(client, db, settings, tmp_path):
    (tmp_path / "media").write_text("a file where a folder should be")
    settings.MEDIA_ROOT = tmp_path / "media"
    assert client.get("/pret/").json()["disque"] == "en panne"


def test_the_embedded_worker_must_show_signs_of_life(client, db, embedded):
    assert client.get("/pret/").json()["travaux"] == "en panne"
    embedded.touch()
    assert client.get("/pret/").json()["travaux"] == "ok"
    long_ago = timezone.now().timestamp() - 60
    os.utime(embedded, (long_ago, long_ago))
    assert client.get("/pret/").json()["travaux"] == "en panne"


def test_a_document_that_waits_for_too_long_means_no_worker(client, db):
    waiting_task(limits.TASK_PATIENCE - timedelta(seconds=30))
    assert client.get("/pret/").json()["travaux"] == "ok"
    waiting_task(limits.TASK_PATIENCE + timedelta(seconds=30))
    assert client.get("/pret/").json()["travaux"] == "en panne"

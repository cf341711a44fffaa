"""The norm as shipped, loaded once for a whole test module and taken away after it."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from referentiel.content import Content, content_of, forget_contents
from referentiel.models import Edition

FIXTURE = Path(settings.BASE_DIR) / "referentiel" / "fixtures" / "xp_x60_600.json"


def rows(model: str) -> list[dict]:
    """The fields of every row of one model, straight from the file."""
    return [row["fields"] for row in json.loads(FIXTURE.read_text("utf-8")) if row["model"] == f"referentiel.{model}"]


def sealed_row() -> dict:
    return rows("seal")[0]


@pytest.fixture(scope="module")
def shipped_edition(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("charger_norme", stdout=StringIO())
        yield Edition.objects.select_related("seal").get(code=sealed_row()["edition"][0])
        transaction.set_rollback(True)


@pytest.fixture
def shipped(shipped_edition, db) -> Content:
    forget_contents()
    return content_of(shipped_edition.pk)

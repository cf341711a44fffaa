"""`manage.py verifier_preuves` finds what is missing, altered or left behind, and cleans only what it is asked to."""

import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_evidence

YESTERDAY = 25 * 3600


@pytest.fixture(autouse=True)
def shelves(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def verify(**options) -> tuple[str, str]:
    """What is printed, and how it ends."""
    out = StringIO()
    try:
        call_command("verifier_preuves", stdout=out, **options)
    except CommandError as error:
        return out.getvalue().strip(), str(error)
    return out.getvalue().strip(), ""


def orphan(shelves: Path, age: int) -> Path:
    path = shelves / "preuves" / "7" / "personne"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"?")
    past = path.stat().st_mtime - age
    os.utime(path, (past, past))
    return path


def test_nothing_filed_is_nothing_wrong(db):
    assert verify() == ("0\u00a0fichier vérifié, aucun écart.", "")


def test_files_and_rows_agree(fabrique):
    make_evidence(fabrique)
    make_evidence(fabrique, url="https://exemple.fr/")
    assert verify() == ("1\u00a0fichier vérifié, aucun écart.", "")


def test_a_missing_file_is_said(fabrique, shelves):
    piece = make_evidence(fabrique)
    (shelves / piece.file.name).unlink()
    assert verify() == (f"Preuve {piece.pk}\u00a0: fichier manquant.", "1\u00a0écart pour 1\u00a0fichier vérifié.")


@pytest.mark.parametrize("content", [b"Une preuvE.", b"Une preuve. Et plus."])
def test_an_altered_file_is_said(fabrique, shelves, content):
    piece = make_evidence(fabrique)
    (shelves / piece.file.name).write_bytes(content)
    lines, end = verify()
    assert lines == f"Preuve {piece.pk}\u00a0: fichier altéré, son empreinte SHA-256 ne correspond plus."
    assert end == "1\u00a0écart pour 1\u00a0fichier vérifié."


def test_an_old_file_without_a_row_is_said_and_cleaned_on_demand(db, shelves):
    path = orphan(shelves, YESTERDAY)
    assert verify() == ("preuves/7/personne\u00a0: fichier orphelin.", "1\u00a0écart pour 0\u00a0fichier vérifié.")
    assert path.exists()
    lines, end = verify(nettoyer=True)
    assert (lines.splitlines()[0], end) == ("preuves/7/personne\u00a0: fichier orphelin, effacé.", "")
    assert not path.exists()


def test_a_young_file_without_a_row_is_left_alone(db, shelves):
    path = orphan(shelves, 60)
    assert verify(nettoyer=True) == ("0\u00a0fichier vérifié, aucun écart.", "")
    assert path.exists()

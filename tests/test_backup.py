"""A whole installation in one file, and back: nothing missing, nothing altered, the guards still standing."""

import hashlib
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.utils import load_backend

from assessments import journal
from assessments.snapshots import content_of
from certif.backup import FORMAT, MANIFEST, BackupError, Installation, restore, save
from tests.factories import make_evidence
from tests.ground import GUARDS

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
BASE = {"sqlite": "base.sqlite3", "postgresql": "base.pgdump"}
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def here(settings, tmp_path) -> Installation:
    settings.MEDIA_ROOT = tmp_path / "ici"
    settings.MEDIA_ROOT.mkdir()
    return Installation.here()


@pytest.fixture
def elsewhere(tmp_path):
    """An empty installation on the same kind of database."""
    name = str(tmp_path / "ailleurs.sqlite3") if connection.vendor == "sqlite" else f"ailleurs_{os.getpid()}"
    wrapper = load_backend(connection.settings_dict["ENGINE"]).DatabaseWrapper(
        {**connection.settings_dict, "NAME": name}, alias="ailleurs"
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    yield Installation(wrapper, tmp_path / "ailleurs")
    wrapper.close()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def dossier(dossier, lea):
    """With two pieces of evidence and a line in the journal."""
    make_evidence(dossier.structure, "Charte", by=lea)
    make_evidence(dossier.structure, "Affiche", content=b"Une affiche.", by=lea)
    journal.record("dossier_cree", by=lea, assessment=dossier, structure=dossier.structure)
    return dossier


@pytest.fixture
def archive(here, dossier, tmp_path) -> Path:
    target = tmp_path / "certif.zip"
    save(here, target, now=NOW)
    return target


def tables(database) -> dict[str, list]:
    """Every row of every table."""
    content = {}
    with database.cursor() as cursor:
        for table in sorted(database.introspection.table_names()):
            cursor.execute(f'SELECT * FROM "{table}"')
            content[table] = sorted(map(repr, cursor.fetchall()))
    return content


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def refusal(place: Installation, source: Path) -> str:
    """Why a restoration is refused; and it leaves nothing behind."""
    before = tables(place.connection), files(place.media) if place.media.exists() else {}
    with pytest.raises(BackupError) as refused:
        restore(place, source)
    assert (tables(place.connection), files(place.media)) == before
    return str(refused.value)


def rewritten(source: Path, *, manifest: dict | None = None, without: str = "", **contents: bytes) -> Path:
    """The archive again, with other contents under some names; a name ending in nothing known is added."""
    target = source.with_name("autre.zip")
    with ZipFile(source) as old, ZipFile(target, "w") as new:
        kept = {name: old.read(name) for name in old.namelist() if name != without}
        kept[MANIFEST] = json.dumps(json.loads(kept[MANIFEST]) | (manifest or {})).encode()
        for name, content in (kept | contents).items():
            new.writestr(name, content, ZIP_DEFLATED)
    return target


# --- Whole -----------------------------------------------------------------------------------


def test_what_comes_back_is_what_was_saved(here, dossier, archive, elsewhere):
    found = restore(elsewhere, archive)
    assert (found.files, found.made_at) == (2, NOW)
    assert tables(elsewhere.connection) == tables(connection)
    assert files(elsewhere.media) == files(here.media)


def test_what_was_frozen_still_is(archive, elsewhere):
    restore(elsewhere, archive)
    assert triggers(elsewhere.connection) == triggers(connection)
    with elsewhere.connection.cursor() as cursor, pytest.raises(DatabaseError, match="édition"):
        cursor.execute("UPDATE referentiel_criterion SET title = 'Autre chose'")


def triggers(database) -> list[str]:
    queries = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
    }
    with database.cursor() as cursor:
        cursor.execute(queries[database.vendor])
        found = [sql for (sql,) in cursor.fetchall()]
    assert len(found) >= len(GUARDS)
    return found


def test_work_goes_on_from_the_next_number(archive, elsewhere):
    """Counters come back too: a new row does not meet an old one."""
    restore(elsewhere, archive)
    query = "INSERT INTO accounts_site (structure_id, name, city) SELECT structure_id, 'Annexe', '' FROM accounts_site"
    with elsewhere.connection.cursor() as cursor:
        cursor.execute(query)
        cursor.execute("SELECT max(id) - min(id) FROM accounts_site")
        assert cursor.fetchone() == (1,)


@pytest.mark.slow
def test_the_commands_say_what_they_did(here, dossier, tmp_path, elsewhere):
    """From a terminal, as an operator would; the restored dossier is the same to the letter."""
    out = run(here, "sauvegarder", tmp_path)
    archive = next(tmp_path.glob("certif-*.zip"))
    assert out.startswith(f"{archive}\u00a0: la base et 2\u00a0fichiers, ")
    lines = run(elsewhere, "restaurer", archive).splitlines()
    assert lines[0].endswith("restaurée\u00a0: la base et 2\u00a0fichiers.")
    assert lines[1:] == ["2\u00a0preuves vérifiées, aucun écart."]
    assert run(elsewhere, "exporter_dossier", dossier.pk).strip() == content_of(dossier).strip()


def run(place: Installation, *arguments) -> str:
    """`manage.py` in a process of its own, as the installation’s operator."""
    name = place.connection.settings_dict["NAME"]
    host = place.connection.settings_dict.get("HOST")
    url = f"sqlite:///{name}" if place.connection.vendor == "sqlite" else f"postgres://certif@/{host}/{name}"
    environment = {"CERTIF_DATA": str(place.media.parent), "MEDIA_ROOT": str(place.media), "DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        env={**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "certif.settings"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_without_evidence_the_database_comes_back_alone(here, fabrique, elsewhere, tmp_path):
    save(here, tmp_path / "certif.zip", now=NOW)
    assert restore(elsewhere, tmp_path / "certif.zip").files == 0
    assert tables(elsewhere.connection) == tables(connection)


# --- While people work -----------------------------------------------------------------------


def test_half_a_transaction_is_not_saved(here, dossier, elsewhere, tmp_path):
    with transaction.atomic():
        dossier.structure.sites.create(name="Pas encore enregistré")
        save(here, tmp_path / "certif.zip", now=NOW)
    restore(elsewhere, tmp_path / "certif.zip")
    with elsewhere.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_site")
        assert cursor.fetchall() == [("Centre",)]


def test_each_file_is_there_once_young_or_old(here, dossier, tmp_path):
    """Old files are read before the database, young ones after; a probe of the disk is no evidence."""
    old = next(path for path in here.media.rglob("*") if path.is_file())
    os.utime(old, (time.time() - 3600,) * 2)
    (here.media / ".probe").write_bytes(b"ok")
    save(here, tmp_path / "certif.zip", now=NOW)
    with ZipFile(tmp_path / "certif.zip") as archive:
        names = archive.namelist()
    evidence = [f"fichiers/{name}" for name in files(here.media) if name != ".probe"]
    assert names[0] == f"fichiers/{old.relative_to(here.media)}"
    assert sorted(names) == sorted([BASE[connection.vendor], MANIFEST, *evidence])


# --- Refusals --------------------------------------------------------------------------------


def test_a_backup_is_never_overwritten(here, archive):
    with pytest.raises(BackupError, match="existe déjà"):
        save(here, archive, now=NOW)


def test_a_backup_is_private(archive):
    assert archive.stat().st_mode & 0o777 == 0o600


def test_nothing_half_written_stays(here, tmp_path):
    with pytest.raises(BackupError, match="fichier ou dossier introuvable"):
        save(here, tmp_path / "nulle part" / "certif.zip", now=NOW)
    with pytest.raises(BackupError, match="base"):
        save(Installation(unreachable(), here.media), tmp_path / "certif.zip", now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["ici"]


def unreachable():
    """A database that is not there."""
    nowhere = {**connection.settings_dict, "NAME": "/nulle/part/base"}
    return load_backend(nowhere["ENGINE"]).DatabaseWrapper(nowhere, alias="absente")


def test_an_installation_in_use_is_left_alone(here, archive):
    assert refusal(here, archive) == (
        "La base contient déjà des tables. Restaurez dans une installation vide, avant « migrate »."
    )


def test_files_already_there_are_left_alone(archive, elsewhere):
    elsewhere.media.mkdir()
    (elsewhere.media / "à moi").write_text("Ne pas toucher.")
    assert refusal(elsewhere, archive).endswith("contient déjà des fichiers. Restaurez dans un dossier vide.")


@pytest.mark.parametrize("content", [b"", b"Bonjour.", b"PK\x03\x04"])
def test_what_is_not_an_archive_is_refused(tmp_path, elsewhere, content):
    source = tmp_path / "photo.zip"
    source.write_bytes(content)
    assert refusal(elsewhere, source) == f"{source} n’est pas une sauvegarde lisible."


def test_an_archive_cut_short_is_refused(archive, elsewhere):
    archive.write_bytes(archive.read_bytes()[:-2000])
    assert refusal(elsewhere, archive) == f"{archive} n’est pas une sauvegarde lisible."


@pytest.mark.parametrize(
    "manifest", [{"format": "autre/1"}, {"fichiers": {}}, {"fichiers": []}, {"base": "oracle"}, {"faite_le": "hier"}]
)
def test_a_manifest_of_something_else_is_refused(archive, elsewhere, manifest):
    source = rewritten(archive, manifest=manifest)
    assert refusal(elsewhere, source) == f"Ce fichier n’est pas une sauvegarde de Certif, au format « {FORMAT} »."


def test_a_backup_of_a_later_version_is_refused(archive, elsewhere):
    source = rewritten(archive, manifest={"migrations": ["assessments.0001_initial", "assessments.9999_demain"]})
    assert refusal(elsewhere, source) == (
        "La sauvegarde vient d’une version plus récente de Certif (migration assessments.9999_demain)."
    )


def test_a_backup_of_the_other_database_is_refused(archive, elsewhere):
    entry = {"sha256": "", "taille": 0}
    other = OTHER[connection.vendor]
    source = rewritten(archive, manifest={"base": other, "fichiers": {BASE[other]: entry}})
    assert refusal(elsewhere, source).startswith("La sauvegarde vient d’une base ")


def test_an_altered_file_is_refused(here, archive, elsewhere):
    name = f"fichiers/{next(iter(files(here.media)))}"
    assert refusal(elsewhere, rewritten(archive, **{name: b"Une autre."})) == (
        f"La sauvegarde est abîmée : {name} n’a pas l’empreinte annoncée."
    )


def test_a_file_too_many_or_too_few_is_refused(here, archive, elsewhere):
    unequal = "La sauvegarde ne contient pas exactement les fichiers que son manifeste annonce."
    assert refusal(elsewhere, rewritten(archive, fichiers_en_plus=b"?")) == unequal
    name = f"fichiers/{next(iter(files(here.media)))}"
    assert refusal(elsewhere, rewritten(archive, without=name)) == unequal


@pytest.mark.parametrize("name", ["../dehors", "/etc/dehors", "fichiers/../../dehors", "fichiers/.cachée", "ailleurs"])
def test_a_name_that_leads_elsewhere_is_refused(archive, elsewhere, name):
    with ZipFile(archive) as read:
        entries = json.loads(read.read(MANIFEST))["fichiers"]
    entry = {"sha256": "", "taille": 1}
    source = rewritten(archive, manifest={"fichiers": {name: entry} | entries}, **{name: b"?"})
    assert refusal(elsewhere, source) == f"La sauvegarde contient un nom de fichier interdit : {name}"


def test_a_database_that_does_not_load_leaves_nothing(archive, elsewhere):
    """Its fingerprint is the one announced, and yet it is no database."""
    base = BASE[connection.vendor]
    with ZipFile(archive) as read:
        entries = json.loads(read.read(MANIFEST))["fichiers"]
    entries[base] = {"sha256": hashlib.sha256(b"Bonjour.").hexdigest(), "taille": 8}
    source = rewritten(archive, manifest={"fichiers": entries}, **{base: b"Bonjour."})
    assert "a échoué" in refusal(elsewhere, source)


def test_a_refusal_is_said_in_french_at_the_terminal(here, tmp_path):
    with pytest.raises(CommandError, match="fichier ou dossier introuvable"):
        call_command("restaurer", tmp_path / "absente.zip")
    with pytest.raises(CommandError, match="fichier ou dossier introuvable"):
        call_command("sauvegarder", tmp_path / "nulle part" / "certif.zip")

"""A whole installation in one file, and back: the database, the files, and a manifest of what must be found there."""

import errno
import hashlib
import json
import shutil
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from certif.dump import DumpError, dump, is_empty, load

FORMAT = "certif-sauvegarde/1"
MANIFEST = "manifeste.json"
MANIFEST_BYTES = 256 * 1024 * 1024
DATABASES = {"sqlite": "base.sqlite3", "postgresql": "base.pgdump"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
FILES = "fichiers"
CHUNK = 1024 * 1024
SETTLED_SECONDS = 60
"""A younger file may still be in the writing: it waits until the database is copied."""


class BackupError(Exception):
    """The installation could not be saved or restored; says why, in French. Nothing is left half done."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the rows and the files are."""

    connection: Any
    media: Path

    @classmethod
    def here(cls) -> "Installation":
        return cls(connection, settings.MEDIA_ROOT)


@dataclass(frozen=True, slots=True)
class Summary:
    """What an archive holds beside the database, and when it was made."""

    files: int
    made_at: datetime


def save(place: Installation, target: Path, *, now: datetime) -> Summary:
    """Writes the archive `target`, which must not exist. The product may go on being used meanwhile."""
    if target.exists():
        raise BackupError(f"{target} existe déjà : choisissez un autre nom.")
    try:
        with TemporaryDirectory(dir=target.parent, prefix=".sauvegarde-") as folder:
            part = Path(folder) / "archive"
            summary = _write(place, part, Path(folder), now)
            part.chmod(0o600)
            part.rename(target)
    except (DumpError, DatabaseError) as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(f"Impossible d’écrire {target} : {_reason(error)}.") from error
    return summary


def restore(place: Installation, source: Path) -> Summary:
    """Fills an empty installation with the archive, once every byte of it has been checked."""
    try:
        place.media.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ZipFile(source) as archive:
            manifest = _manifest(archive)
            _refuse_foreign(place, manifest)
            _refuse_occupied(place)
            with TemporaryDirectory(dir=place.media, prefix=".restauration-") as folder:
                _extract(archive, manifest["fichiers"], Path(folder))
                _put_in_place(place, Path(folder))
    except (BadZipFile, EOFError, zlib.error) as error:
        raise BackupError(f"{source} n’est pas une sauvegarde lisible.") from error
    except (DumpError, DatabaseError) as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(f"Impossible de restaurer {source} : {_reason(error)}.") from error
    return _summary(manifest)


def late_migrations(place: Installation) -> bool:
    """The restored database is of an older version: `migrate` is due."""
    loader = MigrationLoader(place.connection)
    return bool(set(loader.disk_migrations) - set(loader.applied_migrations))


def _reason(error: OSError) -> str:
    reasons = {
        errno.ENOENT: "fichier ou dossier introuvable",
        errno.EACCES: "accès refusé",
        errno.ENOSPC: "il n’y a plus de place sur le disque",
        errno.EISDIR: "c’est un dossier",
    }
    return reasons.get(error.errno, str(error))


# --- Writing ----------------------------------------------------------------------------------


def _write(place: Installation, part: Path, folder: Path, now: datetime) -> Summary:
    base = DATABASES[place.connection.vendor]
    entries: dict[str, dict] = {}
    with ZipFile(part, "w") as archive:
        # The files, the database, then the files that came meanwhile: every row of the copy has its file.
        _add_files(archive, entries, place.media, before=time.time() - SETTLED_SECONDS)
        dump(place.connection, folder / base)
        _add(archive, entries, base, folder / base, ZIP_DEFLATED)
        _add_files(archive, entries, place.media, before=inf)
        applied = MigrationRecorder(place.connection).applied_migrations()
        manifest = {
            "format": FORMAT,
            "faite_le": now.isoformat(timespec="seconds"),
            "base": place.connection.vendor,
            "migrations": sorted(f"{app}.{name}" for app, name in applied),
            "fichiers": entries,
        }
        text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1)
        archive.writestr(MANIFEST, text, ZIP_DEFLATED)
    return _summary(manifest)


def _add_files(archive: ZipFile, entries: dict[str, dict], media: Path, *, before: float) -> None:
    for path in _stored_files(media):
        name = f"{FILES}/{path.relative_to(media).as_posix()}"
        try:
            if name not in entries and path.stat().st_mtime < before:
                _add(archive, entries, name, path, ZIP_STORED)
        except FileNotFoundError:  # deleted since the folder was read
            continue


def _stored_files(folder: Path) -> Iterator[Path]:
    """Names with a leading dot are not evidence: a probe of the disk, a restoration under way."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from _stored_files(path)
        else:
            yield path


def _add(archive: ZipFile, entries: dict[str, dict], name: str, path: Path, compression: int) -> None:
    with path.open("rb") as read:
        info = ZipInfo.from_file(path, name, strict_timestamps=False)
        info.compress_type = compression
        with archive.open(info, "w", force_zip64=True) as written:
            entries[name] = _copy(read, written)


def _copy(read: BinaryIO, written: BinaryIO) -> dict:
    digest, size = hashlib.sha256(), 0
    while chunk := read.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        written.write(chunk)
    return {"sha256": digest.hexdigest(), "taille": size}


def _summary(manifest: dict) -> Summary:
    return Summary(len(manifest["fichiers"]) - 1, datetime.fromisoformat(manifest["faite_le"]))


# --- Reading ----------------------------------------------------------------------------------


def _manifest(archive: ZipFile) -> dict[str, Any]:
    try:
        if archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
            raise ValueError(MANIFEST)
        manifest = json.loads(archive.read(MANIFEST))
        if manifest["format"] != FORMAT or DATABASES[manifest["base"]] not in manifest["fichiers"]:
            raise ValueError(manifest["format"])
        _summary(manifest)
        _volume(manifest["fichiers"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BackupError(f"Ce fichier n’est pas une sauvegarde de Certif, au format « {FORMAT} ».") from error
    return manifest


def _refuse_foreign(place: Installation, manifest: dict) -> None:
    if manifest["base"] != place.connection.vendor:
        theirs, ours = NAMES[manifest["base"]], NAMES[place.connection.vendor]
        raise BackupError(f"La sauvegarde vient d’une base {theirs} ; cette installation utilise {ours}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest["migrations"]) - known):
        raise BackupError(f"La sauvegarde vient d’une version plus récente de Certif (migration {newer[0]}).")


def _refuse_occupied(place: Installation) -> None:
    if not is_empty(place.connection):
        raise BackupError("La base contient déjà des tables. Restaurez dans une installation vide, avant « migrate ».")
    if next(_stored_files(place.media), None):
        raise BackupError(f"Le dossier {place.media} contient déjà des fichiers. Restaurez dans un dossier vide.")


def _extract(archive: ZipFile, entries: dict[str, dict], folder: Path) -> None:
    """Writes what the manifest lists, and nothing else; refuses the archive at the first difference."""
    if set(archive.namelist()) != {*entries, MANIFEST}:
        raise BackupError("La sauvegarde ne contient pas exactement les fichiers que son manifeste annonce.")
    if _volume(entries) > shutil.disk_usage(folder).free:
        raise BackupError("Il n’y a pas assez de place sur le disque pour restaurer cette sauvegarde.")
    for name, announced in entries.items():
        if not _is_ours(name):
            raise BackupError(f"La sauvegarde contient un nom de fichier interdit : {name}")
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with archive.open(name) as read, path.open("xb") as written:
            path.chmod(0o600)
            if _copy(read, written) != announced:
                raise BackupError(f"La sauvegarde est abîmée : {name} n’a pas l’empreinte annoncée.")


def _volume(entries: dict[str, dict]) -> int:
    return sum(entry["taille"] for entry in entries.values())


def _is_ours(name: str) -> bool:
    """A database at the top, or a file under its folder: never a path that leads elsewhere."""
    parts = PurePosixPath(name).parts
    under = len(parts) > 1 and parts[0] == FILES and not any(part.startswith(".") for part in parts)
    return under or name in DATABASES.values()


def _put_in_place(place: Installation, folder: Path) -> None:
    placed = []
    try:
        for path in sorted((folder / FILES).iterdir()) if (folder / FILES).is_dir() else ():
            placed.append(path.rename(place.media / path.name))
        load(place.connection, folder / DATABASES[place.connection.vendor])
    except BaseException:
        for path in placed:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise

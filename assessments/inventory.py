"""Compares the rows of the evidence with the files on disk: none missing, none altered, none left behind."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import Storage

from assessments.models import Evidence

FOLDER = "preuves"
ORPHAN_AGE = timedelta(hours=24)
"""A younger file without a row may be one whose row is about to be written."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Primary keys of the rows whose file is missing or altered, and names of the files without a row."""

    checked: int
    missing: tuple[int, ...]
    altered: tuple[int, ...]
    orphans: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.altered or self.orphans)


def take_inventory(storage: Storage, *, now: datetime) -> Inventory:
    """Reads every file once."""
    # The disk first: a file stored meanwhile is then not taken for an orphan, nor a deleted one for a missing file.
    names = [name for name in _walk(storage, FOLDER) if now - storage.get_modified_time(name) > ORPHAN_AGE]
    missing, altered, known = [], [], set()
    rows = Evidence.objects.files().order_by("pk").values_list("pk", "file", "sha256", "size")
    for pk, name, sha256, size in rows.iterator():
        known.add(name)
        if not storage.exists(name):
            missing.append(pk)
        elif (storage.size(name), _sha256(storage, name)) != (size, sha256):
            altered.append(pk)
    orphans = tuple(sorted(name for name in names if name not in known))
    return Inventory(len(known), tuple(missing), tuple(altered), orphans)


def remove_orphans(storage: Storage, inventory: Inventory) -> None:
    for name in inventory.orphans:
        storage.delete(name)


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _walk(storage, f"{folder}/{name}")


def _sha256(storage: Storage, name: str) -> str:
    with storage.open(name) as file:
        return hashlib.file_digest(file.file, "sha256").hexdigest()

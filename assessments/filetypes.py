"""What a file really is: its extension and its content must agree, and nothing in it may run or swell.

Nothing is extracted, decoded or rendered here: only headers, directories of archives and text are read.
"""

import codecs
import hashlib
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import magic
from django.core.files.base import File
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from assessments.scoring import NBSP, NNBSP
from certif import limits
from certif.text import clean_text, thousands

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
CP1252 = {"txt": "text/plain; charset=windows-1252", "csv": "text/csv; charset=windows-1252"}

ALLOWED = "PDF, PNG, JPEG, Word, Excel, PowerPoint, OpenDocument, texte ou CSV"
_MAIN_PARTS = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
_MACRO_NAMES = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|^(basic|scripts)/", re.IGNORECASE)
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\\:]|^/|(^|/)\.\.(/|$)")
_TEXT_LIKE = ("application/csv", "application/json", "application/x-ndjson", "message/rfc822")
_HEADER = 4096
_SMALL_PART = 256 * 1024
_ENTRY_IN_DIRECTORY = 512
"""Bytes allowed per entry of the directory of an archive: a document writes about a hundred."""


class FileRefused(ValueError):
    """Why the file is not accepted, in French."""


@dataclass(frozen=True, slots=True)
class OfficeLimits:
    """How far an office archive may go before it is refused as dangerous."""

    entries: int = limits.OFFICE_ZIP_ENTRIES
    declared_bytes: int = limits.OFFICE_ZIP_DECLARED_BYTES
    ratio: int = limits.OFFICE_ZIP_RATIO


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that has been examined: what it is, under the name it will be given back."""

    file: File
    name: str
    content_type: str
    size: int
    sha256: str


def examine(file: File) -> Upload:
    """Reads the file through once, to know its type and its SHA-256. Raises FileRefused."""
    name = clean_name(file.name or "")
    content_type = content_type_of(file, name)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return Upload(file, name, content_type, file.size, digest.hexdigest())


def content_type_of(
    file: BinaryIO,
    name: str,
    *,
    office: OfficeLimits = OfficeLimits(),
    pixels: int = limits.IMAGE_PIXELS,
) -> str:
    """The content type of a file whose content is what its name says. Raises FileRefused; leaves the file at its start."""
    extension = extension_of(name)
    if extension not in CONTENT_TYPES:
        shown = f" «{NNBSP}.{extension}{NNBSP}»" if extension else ""
        raise FileRefused(f"Ce type de fichier{shown} n’est pas accepté. Sont acceptés{NBSP}: {ALLOWED}.")
    file.seek(0)
    header = file.read(_HEADER)
    if not header:
        raise FileRefused("Ce fichier est vide.")
    found = CONTENT_TYPES[extension]
    if extension == "pdf":
        _check_pdf(header)
    elif extension in ("png", "jpg", "jpeg"):
        _check_image(file, header, extension, pixels)
    elif extension in ("txt", "csv"):
        found = _check_text(file, header, extension)
    else:
        _check_office(file, extension, office)
    file.seek(0)
    return found


def extension_of(name: str) -> str:
    return PurePosixPath(name).suffix[1:].lower()


def clean_name(name: str) -> str:
    """The name to show and to download under: no path, no control, no direction mark; 200 characters, extension kept."""
    line = clean_text(name).replace("\n", " ").replace("\t", " ")
    base = re.sub(r"[\\/]", "/", line).rpartition("/")[2]
    base = re.sub(r'[<>:"|?*;%]', "-", base)
    base = re.sub(r"\s+", " ", base).strip().rstrip(".")
    stem, dot, extension = base.rpartition(".")
    if not dot:
        return base[: limits.NAME_MAX]
    return f"{(stem.strip(' .') or 'preuve')[: limits.NAME_MAX - len(extension) - 1]}.{extension}"[: limits.NAME_MAX]


def _disagree(extension: str) -> FileRefused:
    return FileRefused(
        f"Le contenu de ce fichier n’est pas celui d’un fichier «{NNBSP}.{extension}{NNBSP}». Enregistrez-le de nouveau, puis réessayez."
    )


def _check_pdf(header: bytes) -> None:
    if not header.startswith(b"%PDF-") or magic.from_buffer(header, mime=True) != "application/pdf":
        raise _disagree("pdf")


def _check_image(file: BinaryIO, header: bytes, extension: str, pixels: int) -> None:
    reader, kind = (PngImageFile, "image/png") if extension == "png" else (JpegImageFile, "image/jpeg")
    if magic.from_buffer(header, mime=True) != kind:
        raise _disagree(extension)
    file.seek(0)
    try:
        # The reader of one format, and not Image.open: only the header is parsed, whatever the size it claims.
        width, height = reader(file).size
    except Exception as error:
        raise FileRefused("Cette image est abîmée.") from error
    if width * height > pixels:
        raise FileRefused(
            f"Cette image dépasse {thousands(pixels // 1_000_000)}{NBSP}millions de pixels. Réduisez-la, puis réessayez."
        )


def _check_text(file: BinaryIO, header: bytes, extension: str) -> str:
    """The content type with the charset found: UTF-8, else Windows-1252."""
    kind = magic.from_buffer(header, mime=True)
    if not (kind.startswith("text/") or kind in _TEXT_LIKE) or kind == "text/html":
        raise _disagree(extension)
    if _decodes(file, "utf-8-sig"):
        return CONTENT_TYPES[extension]
    if _decodes(file, "cp1252"):
        return CP1252[extension]
    raise FileRefused("Ce texte est dans un codage inconnu. Enregistrez-le en UTF-8, puis réessayez.")


def _decodes(file: BinaryIO, charset: str) -> bool:
    decoder = codecs.getincrementaldecoder(charset)()
    file.seek(0)
    try:
        while chunk := file.read(1 << 20):
            if "\x00" in decoder.decode(chunk):
                raise FileRefused("Ce fichier n’est pas un texte. Enregistrez-le en UTF-8, puis réessayez.")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


# --- Office documents are archives ------------------------------------------------------------


def _check_office(file: BinaryIO, extension: str, office: OfficeLimits) -> None:
    _check_directory(file, extension, office)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries, office)
            if extension in _MAIN_PARTS:
                _check_openxml(archive, extension)
            else:
                _check_opendocument(archive, entries, extension)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        UnicodeDecodeError,
        struct.error,
    ) as error:
        raise FileRefused("Ce document est abîmé. Enregistrez-le de nouveau, puis réessayez.") from error


def _check_directory(file: BinaryIO, extension: str, office: OfficeLimits) -> None:
    """The archive starts and ends where the file does, and its directory is small enough to be read at all."""
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        raise _disagree(extension)
    size = file.seek(0, 2)
    file.seek(max(0, size - 42))
    tail = file.read(42)
    if len(tail) < 42 or tail[20:24] != b"PK\x05\x06" or tail[:4] == b"PK\x06\x07" or tail[40:] != b"\x00\x00":
        raise _disagree(extension)
    entries, directory_bytes = struct.unpack("<HL", tail[30:36])
    if entries > office.entries or directory_bytes > office.entries * _ENTRY_IN_DIRECTORY:
        raise FileRefused(
            f"Ce document contient plus de {thousands(office.entries)} éléments{NBSP}: il n’est pas accepté."
        )


def _check_entries(entries: list[zipfile.ZipInfo], office: OfficeLimits) -> None:
    if len(entries) > office.entries:
        raise FileRefused(
            f"Ce document contient plus de {thousands(office.entries)} éléments{NBSP}: il n’est pas accepté."
        )
    declared = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if declared > office.declared_bytes:
        size = office.declared_bytes // limits.MIB
        raise FileRefused(f"Ce document occuperait plus de {size}{NBSP}Mo une fois ouvert{NBSP}: il n’est pas accepté.")
    if declared > office.ratio * max(packed, 1):
        raise FileRefused(f"Ce document est compressé plus de {office.ratio}{NBSP}fois{NBSP}: il n’est pas accepté.")
    names = [entry.orig_filename for entry in entries]
    if len(set(names)) != len(names) or any(_UNSAFE_NAME.search(name) for name in names):
        raise FileRefused("Ce document est construit de façon inhabituelle. Enregistrez-le de nouveau, puis réessayez.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused("Ce document est protégé par un mot de passe. Retirez-le, puis réessayez.")
    if any(_MACRO_NAMES.search(name) for name in names):
        raise _with_macros()


def _with_macros() -> FileRefused:
    return FileRefused("Ce document contient des macros. Enregistrez-le sans macros, puis réessayez.")


def _check_openxml(archive: zipfile.ZipFile, extension: str) -> None:
    types = _part(archive, "[Content_Types].xml", extension)
    if b"macroenabled" in types.lower() or b"vbaproject" in types.lower():
        raise _with_macros()
    if _MAIN_PARTS[extension] not in types:
        raise _disagree(extension)


def _check_opendocument(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], extension: str) -> None:
    if not entries or entries[0].filename != "mimetype":
        raise _disagree(extension)
    if _part(archive, "mimetype", extension).strip() != CONTENT_TYPES[extension].encode():
        raise _disagree(extension)


def _part(archive: zipfile.ZipFile, name: str, extension: str) -> bytes:
    """One small part, whatever size it declares."""
    try:
        with archive.open(name) as part:
            content = part.read(_SMALL_PART + 1)
    except KeyError:
        raise _disagree(extension) from None
    if len(content) > _SMALL_PART:
        raise _disagree(extension)
    return content

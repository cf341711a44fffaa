"""Extension and content must agree; nothing that runs, swells or lies comes in."""

import io
import struct
import zipfile

import pytest

from assessments.filetypes import CONTENT_TYPES, FileRefused, OfficeLimits, clean_name, content_type_of
from certif import limits
from tests import files

HONEST = {
    "pdf": files.PDF,
    "png": files.png(),
    "jpg": files.jpeg(),
    "jpeg": files.jpeg(),
    "docx": files.openxml("docx"),
    "xlsx": files.openxml("xlsx"),
    "pptx": files.openxml("pptx"),
    "odt": files.opendocument("odt"),
    "ods": files.opendocument("ods"),
    "odp": files.opendocument("odp"),
    "txt": "Réunion d’équipe du 3 mars\n".encode(),
    "csv": "date;lieu\n2026-03-03;Cité Nord\n".encode(),
}


def judged(content: bytes, name: str, **options) -> str:
    """The content type, or the sentence of the refusal."""
    stream = io.BytesIO(content)
    try:
        found = content_type_of(stream, name, **options)
    except FileRefused as refusal:
        return str(refusal)
    assert stream.tell() == 0
    return found


def test_the_accepted_types_are_those_promised():
    assert set(HONEST) == set(CONTENT_TYPES) == set(limits.EVIDENCE_EXTENSIONS)


@pytest.mark.parametrize("extension", HONEST)
def test_an_honest_file_is_accepted(extension):
    assert judged(HONEST[extension], f"Preuve.{extension}") == CONTENT_TYPES[extension]
    assert judged(HONEST[extension], f"PREUVE.{extension.upper()}") == CONTENT_TYPES[extension]


@pytest.mark.parametrize("real", HONEST)
@pytest.mark.parametrize("claimed", HONEST)
def test_a_renamed_file_is_refused(real, claimed):
    same = {real, claimed} <= {"txt", "csv"} or {real, claimed} <= {"jpg", "jpeg"} or real == claimed
    accepted = judged(HONEST[real], f"preuve.{claimed}") == CONTENT_TYPES[claimed]
    assert accepted == same


@pytest.mark.parametrize("extension", HONEST)
def test_an_empty_file_is_refused(extension):
    assert judged(b"", f"preuve.{extension}") == "Ce fichier est vide."


@pytest.mark.parametrize(
    "name",
    [
        "page.html",
        "image.svg",
        "logo.gif",
        "archive.zip",
        "macro.docm",
        "outil.exe",
        "preuve.pdf.exe",
        "preuve",
        ".pdf",
    ],
)
def test_other_types_are_refused(name):
    assert "n’est pas accepté. Sont acceptés" in judged(files.PDF, name)


HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_AND_SCRIPT = b"GIF89a/*\x00\x00\x00\x00*/=1;alert(1)//"


@pytest.mark.parametrize(
    "content", [HTML, SVG, GIF_AND_SCRIPT, b"MZ\x90\x00" + b"\x00" * 60, b"PK\x03\x04" + b"\x00" * 60]
)
@pytest.mark.parametrize("extension", HONEST)
def test_what_runs_is_refused_under_any_name(content, extension):
    assert judged(content, f"preuve.{extension}") != CONTENT_TYPES[extension]


def test_a_pdf_must_start_the_file():
    assert "n’est pas celui d’un fichier" in judged(HTML + files.PDF, "preuve.pdf")


# --- Text -------------------------------------------------------------------------------------


def test_a_text_of_windows_says_so():
    assert judged("Médiation à l’école\n".encode("cp1252"), "note.txt") == "text/plain; charset=windows-1252"
    assert judged("rôle;nom\r\n".encode("cp1252"), "liste.csv") == "text/csv; charset=windows-1252"


def test_a_text_with_nuls_or_an_unknown_charset_is_refused():
    assert "UTF-8" in judged("Bonjour".encode("utf-16"), "note.txt")
    assert judged(b"Bonjour\n\x00", "note.txt") not in ("text/plain; charset=utf-8", "text/plain; charset=windows-1252")
    assert "text/plain" not in judged(b"Bonjour \x81\x8d\n" * 40, "note.txt")


def test_a_nul_far_in_a_text_is_found():
    assert "n’est pas un texte" in judged(b"une ligne\n" * 200_000 + b"\x00", "note.txt")


def test_a_character_cut_between_two_readings_is_whole():
    assert judged(b"x" * ((1 << 20) - 1) + "é".encode(), "note.txt") == "text/plain; charset=utf-8"


# --- Images -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "name"), [(files.png, "photo.png"), (files.jpeg, "photo.jpg")])
def test_pixels_are_counted_from_the_header(make, name):
    assert judged(make(8_000, 5_000), name) == CONTENT_TYPES[name[-3:]]
    assert "40\u00a0millions de pixels" in judged(make(8_000, 5_001), name)
    assert "40\u00a0millions de pixels" in judged(make(65_535, 65_535), name)


def test_an_image_without_a_size_is_refused():
    assert judged(files.png()[:20], "photo.png") == "Cette image est abîmée."
    assert judged(files.jpeg()[:40], "photo.jpg") == "Cette image est abîmée."


# --- Office documents -------------------------------------------------------------------------


def test_a_document_renamed_into_another_is_refused():
    assert "n’est pas celui d’un fichier" in judged(files.openxml("docx"), "tableau.xlsx")
    assert "n’est pas celui d’un fichier" in judged(files.archive(("a.txt", b"a")), "rapport.docx")


@pytest.mark.parametrize("part", ["word/vbaProject.bin", "word/VBAPROJECT.BIN", "word/vbaData.xml"])
def test_macros_of_openxml_are_refused(part):
    assert "macros" in judged(files.openxml("docx", (part, b"x")), "rapport.docx")


def test_macros_said_by_the_content_types_are_refused():
    hidden = '<Override PartName="/word/innocent.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    assert "macros" in judged(files.openxml("docx", ("word/innocent.bin", b"x"), types=hidden), "rapport.docx")
    enabled = files.archive(
        (
            "[Content_Types].xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml wordprocessingml.document.main+xml",
        )
    )
    assert "macros" in judged(enabled, "rapport.docx")


@pytest.mark.parametrize("part", ["Basic/Standard/Module1.xml", "Scripts/python/x.py", "basic/script-lc.xml"])
def test_macros_of_opendocument_are_refused(part):
    assert "macros" in judged(files.opendocument("odt", (part, b"x")), "rapport.odt")


def test_opendocument_says_its_type_first():
    kind = b"application/vnd.oasis.opendocument.text"
    late = files.archive(("content.xml", b"<x/>"), ("mimetype", kind), compression=zipfile.ZIP_STORED)
    assert "n’est pas celui d’un fichier" in judged(late, "rapport.odt")


def test_the_number_of_entries_is_limited():
    office = OfficeLimits(entries=4)
    assert (
        judged(files.openxml("docx", *[(f"{n}", b"") for n in range(2)]), "a.docx", office=office)
        == CONTENT_TYPES["docx"]
    )
    assert "plus de 4 éléments" in judged(
        files.openxml("docx", *[(f"{n}", b"") for n in range(3)]), "a.docx", office=office
    )


def test_five_thousand_entries_and_no_more():
    many = [(f"media/{n}", b"") for n in range(limits.OFFICE_ZIP_ENTRIES - 2)]
    assert judged(files.openxml("docx", *many), "a.docx") == CONTENT_TYPES["docx"]
    assert "plus de 5\u202f000 éléments" in judged(files.openxml("docx", *many, ("un-de-trop", b"")), "a.docx")


def test_a_count_that_lies_is_found_out():
    content = bytearray(files.openxml("docx", *[(f"{n}", b"") for n in range(10)]))
    content[-12:-10] = struct.pack("<H", 1)
    assert "plus de 4 éléments" in judged(bytes(content), "a.docx", office=OfficeLimits(entries=4))


def test_what_it_would_occupy_is_limited():
    one_mib = ("gros.xml", bytes(range(256)) * 4096)
    assert (
        judged(files.openxml("docx", one_mib), "a.docx", office=OfficeLimits(declared_bytes=2 * limits.MIB, ratio=1000))
        == CONTENT_TYPES["docx"]
    )
    assert "plus de 1\u00a0Mo" in judged(
        files.openxml("docx", one_mib), "a.docx", office=OfficeLimits(declared_bytes=limits.MIB, ratio=1000)
    )


def test_a_bomb_is_refused_without_being_opened():
    bomb = files.openxml("xlsx", ("xl/bombe.xml", b"0" * (20 * limits.MIB)))
    assert len(bomb) < 50_000
    assert "compressé plus de 100\u00a0fois" in judged(bomb, "tableau.xlsx")


def test_a_bomb_hidden_in_the_part_we_read_is_refused():
    padding = "<!--" + "0" * limits.MIB + "-->"
    assert "n’est pas celui d’un fichier" in judged(
        files.openxml("docx", types=padding), "a.docx", office=OfficeLimits(ratio=100_000)
    )


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "word\\..\\x", "C:/x", "a/../b", "word/a\tb"])
def test_tricks_with_paths_are_refused(name):
    assert "inhabituelle" in judged(files.openxml("docx", (name, b"x")), "rapport.docx")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_part_twice_is_refused():
    assert "inhabituelle" in judged(files.openxml("docx", ("word/document.xml", b"<y/>")), "rapport.docx")


def test_a_locked_part_is_refused():
    content = files.openxml("docx")
    local, directory = content.find(b"PK\x03\x04"), content.find(b"PK\x01\x02")
    locked = bytearray(content)
    locked[local + 6] |= 1
    locked[directory + 8] |= 1
    assert "mot de passe" in judged(bytes(locked), "rapport.docx")


@pytest.mark.parametrize("extension", ["docx", "ods"])
def test_something_before_or_after_the_archive_is_refused(extension):
    content = HONEST[extension]
    assert judged(HTML + content, f"a.{extension}") != CONTENT_TYPES[extension]
    assert judged(content + HTML, f"a.{extension}") != CONTENT_TYPES[extension]


def test_an_archive_cut_short_or_damaged_is_refused():
    content = HONEST["docx"]
    assert judged(content[: len(content) // 2], "a.docx") != CONTENT_TYPES["docx"]
    damaged = content.replace(b"PK\x01\x02", b"PK\x01\x09", 1)
    assert judged(damaged, "a.docx") == "Ce document est abîmé. Enregistrez-le de nouveau, puis réessayez."


# --- Names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Charte 2026.pdf", "Charte 2026.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\lea\\Charte.pdf", "Charte.pdf"),
        ("facture\u202efdp.exe.pdf", "facturefdp.exe.pdf"),
        ("deux\r\nlignes.pdf", "deux lignes.pdf"),
        ('a"b;c<d>.pdf', "a-b-c-d-.pdf"),
        ("   .pdf", "preuve.pdf"),
        ("Compte rendu d’équipe – mars.odt", "Compte rendu d’équipe – mars.odt"),
        ("x" * 300 + ".docx", "x" * 195 + ".docx"),
    ],
)
def test_names_are_cleaned(typed, kept):
    assert clean_name(typed) == kept

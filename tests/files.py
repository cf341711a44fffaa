"""Small files made in memory, honest and hostile."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OPENXML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", OPENXML + "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", OPENXML + "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", OPENXML + "presentationml.presentation.main+xml"),
}
OPENDOCUMENT = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def png(width: int = 2, height: int = 2) -> bytes:
    """A PNG whose header claims this size; only a small one holds its pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = b"".join(b"\x00" + b"\x00" * width for _ in range(height)) if width * height < 100 else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """The headers of a JPEG, up to its size."""
    start = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    table = b"\xff\xdb\x00\x43\x00" + b"\x10" * 64
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return start + table + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x00\xff\xd9"


def pdf_of(pages: list[str], *, catalog: str = "", box: str = "0 0 595 842") -> bytes:
    """A PDF of one line of text a page; `catalog` is added to its catalogue, `box` is the size of its pages in points."""
    kids = " ".join(f"{4 + 2 * rank} 0 R" for rank in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for rank, text in enumerate(pages):
        drawn = f"BT /F1 24 Tf 40 40 Td ({text}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {5 + 2 * rank} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawn.encode('cp1252'))} >>\nstream\n{drawn}\nendstream")
    content, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{each}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n"
    return content + f"{end}{len(content)}\n%%EOF\n".encode()


def archive(*parts: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name, content in parts:
            file.writestr(name, content)
    return stream.getvalue()


def openxml(
    extension: str, *more: tuple[str, bytes], types: str = "", compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    name, kind = MAIN[extension]
    declared = f'<Types><Override PartName="/{name}" ContentType="{kind}"/>{types}</Types>'
    return archive(("[Content_Types].xml", declared.encode()), (name, b"<x/>"), *more, compression=compression)


def opendocument(extension: str, *more: tuple[str, bytes]) -> bytes:
    kind = f"application/vnd.oasis.opendocument.{OPENDOCUMENT[extension]}"
    return archive(("mimetype", kind.encode()), ("content.xml", b"<x/>"), *more, compression=zipfile.ZIP_STORED)

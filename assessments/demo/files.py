"""One-page PDFs of a few hundred bytes: enough to be opened, downloaded and told apart by their fingerprint."""

WIDTH, HEIGHT, MARGIN, LEADING = 595, 842, 72, 18


def one_page_pdf(lines: list[str]) -> bytes:
    """A page of text, one string per line; what the Latin alphabet of PDF lacks becomes « ? »."""
    text = "\n".join(f"({_escaped(line)}) Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf {LEADING} TL {MARGIN} {HEIGHT - MARGIN} Td\n{text}\nET".encode("latin-1")
    return _assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            % (WIDTH, HEIGHT),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
    )


def _escaped(line: str) -> str:
    """Bytes of WinAnsiEncoding written as Latin-1 characters, with what a PDF string reserves escaped."""
    shown = line.replace("\u202f", "\u00a0").encode("cp1252", "replace").decode("latin-1")
    return shown.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _assembled(objects: list[bytes]) -> bytes:
    pdf, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return pdf + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(pdf),
    )

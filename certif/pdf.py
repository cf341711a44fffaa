"""The press: HTML in, PDF out. The only room that knows WeasyPrint.

Every PDF is accessible (PDF/UA-1) and archival (PDF/A-3a). Nothing is read from the network or the disk while it is
made: the stylesheet and the fonts are in memory, whatever else the HTML names is refused.
"""

import gc
import re
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import pydyf
from django.conf import settings
from weasyprint import CSS, HTML, Attachment
from weasyprint.html import UA, UA_COUNTER_STYLE
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "certif:"
STYLESHEET = "print.css"
VARIANT = {"pdf_variant": "pdf/a-3a", "pdf_tags": True}
FONTS = Path(settings.BASE_DIR) / "static" / "fonts" / "print"
STYLESHEETS = Path(settings.BASE_DIR) / "templates" / "reports"
KINDS = {".css": "text/css", ".ttf": "font/ttf", ".png": "image/png"}

# A compressed stream whose last byte is a carriage return reads as one byte shorter: PDF/A refuses it. The two streams
# written last (objects, references) escape the finisher; one time in 128 the file is written again, slightly different.
AMBIGUOUS_END = b"\r\nendstream"
ATTEMPTS = 4

# pdfuaid is not a schema PDF/A knows: it has to be described in the same packet.
_PDFUA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1" />
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


def _page_references(pdf: pydyf.PDF) -> tuple[bytes, ...]:
    """The same as pydyf’s, which writes the whole list anew for every tagged element."""
    numbers = pdf.pages["Kids"][::3]
    if len(vars(pdf).get("known_references", ())) != len(numbers):
        pdf.known_references = tuple(f"{number} 0 R".encode() for number in numbers)
    return pdf.known_references


pydyf.PDF.page_references = property(_page_references)


class Written(pydyf.Object):
    """An object of the file once it is written down: pydyf writes each one twice, the first time for the file’s identifier."""

    data = b""

    def __init__(self, of: pydyf.Object):
        super().__init__()
        self.number, self.data = of.number, of.data


@dataclass(frozen=True)
class Attached:
    """A file carried inside the PDF; `relationship` is a word of PDF/A-3 (Source, Data, Supplement…)."""

    name: str
    content: bytes
    description: str
    relationship: str = "Data"


class Refused(ValueError):
    """The HTML asked for something that is not on the press."""


class Assets(URLFetcher):
    """Serves a fixed list of files held in memory, under `certif:`; refuses everything else."""

    def __init__(self, files: Mapping[str, bytes]):
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._files = files

    def fetch(self, url, headers=None):
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in self._files:
            raise Refused(f"Adresse refusée : {url[:200]}")
        return URLFetcherResponse(url, self._files[name], {"Content-Type": KINDS[Path(name).suffix]})


class Page(HTML):
    """A page without footnotes nor list marks: one style per element instead of seven."""

    def _ua_stylesheets(self, forms=False):
        return [_browser_sheet()]


@cache
def _browser_sheet() -> CSS:
    """What a browser knows before any stylesheet, less the rules that give every element `::marker`, `::footnote-call`…"""
    return CSS(string=re.sub(r"(?m)^::.*$", "", UA), counter_style=UA_COUNTER_STYLE)


@cache
def _house_files() -> dict[str, bytes]:
    """The stylesheets and the fonts of the documents, read once per process."""
    fonts = {f"fonts/{path.name}": path.read_bytes() for path in sorted(FONTS.glob("*.ttf"))}
    return fonts | {path.name: path.read_bytes() for path in sorted(STYLESHEETS.glob("*.css"))}


def render_pdf(
    html: str,
    *,
    attachments: Iterable[Attached] = (),
    images: Mapping[str, bytes] | None = None,
    stylesheet: str = STYLESHEET,
    made_at: datetime | None = None,
    on_layout: Callable[[int], None] | None = None,
) -> bytes:
    """The PDF of a whole HTML page, whose <title> and <html lang> are those of the PDF.

    `images` are PNG files the HTML names as « certif:NAME.png ». `stylesheet` is a file of templates/reports. `made_at`
    dates the attachments. `on_layout` receives the number of pages once they are known, before they are drawn; what it
    raises stops the press.
    """
    assets = Assets(_house_files() | dict(images or {}))
    made_at = (made_at or datetime.now(UTC)).astimezone(UTC)

    def attached() -> list[Attachment]:
        return [
            Attachment(
                string=each.content,
                url_fetcher=assets,
                name=each.name,
                description=each.description,
                created=made_at,
                modified=made_at,
                relationship=each.relationship,
            )
            for each in attachments
        ]

    with _undisturbed():
        return _press(html, assets, stylesheet, attached, on_layout)


def _press(html: str, assets: Assets, stylesheet: str, attached: Callable, on_layout) -> bytes:
    """Lays out and draws; the millions of objects of the layout are gone when it returns."""
    fonts = FontConfiguration()
    sheet = assets.fetch(SCHEME + stylesheet).read().decode()
    css = CSS(string=sheet, url_fetcher=assets, font_config=fonts)
    document = Page(string=html, url_fetcher=assets).render(stylesheets=[css], font_config=fonts, **VARIANT)
    if on_layout:
        on_layout(len(document.pages))
    for attempt in range(ATTEMPTS):
        content = document.write_pdf(finisher=partial(_finish, attempt=attempt), attachments=attached(), **VARIANT)
        if AMBIGUOUS_END not in content:
            break
    return content


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No garbage collection: a layout makes millions of small objects and few cycles, looking for them costs 8 % of its time.

    And no warning about the colour profile that WeasyPrint leaves to Python to close.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            yield
    finally:
        if enabled:
            gc.enable()


def _finish(document, pdf, *, attempt: int) -> None:
    """What PDF/UA-1 asks beyond what PDF/A-3a already brought."""
    packet = document.metadata.generate_rdf_metadata("a", 3, "A").replace(b"</rdf:RDF>", _PDFUA + b"</rdf:RDF>")
    metadata = pdf.objects[_number(pdf.catalog["Metadata"])]
    metadata.compress = False
    metadata.stream = [
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        + packet
        + b'\n</x:xmpmeta>\n<?xpacket end="r"?>'
    ]
    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream):
            if "Interpolate" in stream.extra:
                stream.extra["Interpolate"] = "false"  # PDF/A leaves nothing to the taste of the reader
            if stream.compress:
                _compress(stream)
    if attempt:
        pdf.info["Attempt"] = pydyf.String(str(attempt))
    if "AF" in pdf.catalog:  # the same file is listed by name and by object
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/TH":
            row = _parent(pdf, element)
            heads_a_column = _parent(pdf, row).get("S") == "/THead"
            element["A"]["Scope"] = "/Column" if heads_a_column else "/Row"
    pdf.objects[:] = [
        Written(each) if each.compressible and each.free == "n" else each for each in pdf.objects
    ]


def _compress(stream: pydyf.Stream) -> None:
    """Quicker than pydyf’s highest level, and never ending on a carriage return (see AMBIGUOUS_END)."""
    stream.compress = False
    content = stream.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
    packed = zlib.compress(content, 6)
    if packed.endswith(b"\r"):
        if not content.endswith(b"\r"):
            return
        packed = zlib.compress(content + b"\n", 6)
    stream.stream = [packed]
    stream.extra["Filter"] = "/FlateDecode"


def _parent(pdf, element) -> dict:
    return pdf.objects[_number(element["P"])]


def _number(reference: bytes | str) -> int:
    return int(reference.split()[0])

"""The content of a report of ours, set by Typst: same words, same tables, same drawings, same fonts, tagged like ours.

A floor and not a document: the layout is of the same kind (a rail beside each criterion, chapters one after the other), not the
same to the millimetre. `python -m tests.bench.typst_copy PAGE.html` prints what one compilation takes and its pages, in
a process of its own: Typst remembers what it has once laid out, a second compilation would cost next to nothing.
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import tinyhtml5

XHTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
COLOURS = {"g": "#4A5A63", "t": "#B8492F", "o": "#8A5A00", "v": "#2F7D4F", "y": "#0F4C5C", "cd": "#0F4C5C"}
INLINE = {"b": "#strong", "i": "#emph", "em": "#emph", "strong": "#strong"}
SPACES = re.compile(r"[ \n\t]+")
HEADINGS = {"h1": 1, "h2": 1, "h3": 2, "h4": 3}

PREAMBLE = """#set document(title: {title})
#set page(paper: "a4", margin: (top: 24mm, right: 18mm, bottom: 21mm, left: 22mm), numbering: "1",
  header: text(7.5pt, {title}))
#set text(font: ("Inter", "Certif Signes", "DejaVu Sans"), size: 8.9pt, lang: "fr", hyphenate: false)
#set par(leading: .5em, spacing: .8em)
#set table(stroke: .4pt + rgb("#DAD7CF"), inset: 3pt)
#show heading.where(level: 1): it => block(above: 16mm, text(21pt, rgb("#0F4C5C"), it))
#show heading.where(level: 2): set text(10.5pt)
#show heading.where(level: 3): set text(10pt)
"""


def typst_of(html: str) -> bytes:
    """The Typst source of a page of ours."""
    tree = tinyhtml5.parse(html)
    title = tree.find(f".//{XHTML}title").text
    body = "".join(_inside(tree.find(f"{XHTML}body")))
    return (PREAMBLE.format(title=_string(title)) + body).encode()


def _inside(element) -> Iterator[str]:
    if element.text:
        yield _words(element.text)
    for child in element:
        yield from _element(child)
        if child.tail:
            yield _words(child.tail)


def _element(element) -> Iterator[str]:
    if element.tag == f"{SVG}svg":
        yield _drawing(element)
        return
    tag = element.tag.removeprefix(XHTML)
    mark = f" #metadata(none) <{element.get('id')}>\n" if element.get("id") else ""
    inside = "".join(_inside(element)) if tag not in ("table", "ul", "ol") else ""
    if tag in HEADINGS:
        label = f" <{element.get('id')}>" if element.get("id") else ""
        yield f"\n#heading(level: {HEADINGS[tag]})[{inside}]{label}\n"
    elif tag in INLINE:
        yield f"{INLINE[tag]}[{inside}];"
    elif tag == "span":
        colour = next((COLOURS[name] for name in element.get("class", "").split() if name in COLOURS), None)
        yield mark + (f'#text(fill: rgb("{colour}"))[{inside}];' if colour else inside)
    elif tag == "br":
        yield "#linebreak();"
    elif tag == "a":
        yield f"#link(<{element.get('href')[1:]}>)[{inside}];" if element.get("href", "").startswith("#") else inside
    elif tag in ("ul", "ol"):
        yield f"\n#list({', '.join(f'[{_content(item)}]' for item in element)})\n"
    elif tag == "table":
        yield _table(element)
    elif tag == "section" and "k" in element.get("class", "").split():
        yield mark + _criterion(element)
    elif tag == "p":
        yield f"{mark}\n#par[{inside}]\n"
    else:
        yield f"{mark}\n#block[{inside}]\n"


def _criterion(element) -> str:
    """The text of a criterion beside its rail, as on our pages; it may run over two of them."""
    rail = [child for child in element if child.get("class") == "m"]
    rest = [child for child in element if child.get("class") != "m"]
    beside, text = ("".join("".join(_element(child)) for child in part) for part in (rail, rest))
    return f"\n#grid(columns: (36mm, 1fr), gutter: 6mm, [{beside}], [{text}])\n"


def _table(element) -> str:
    rows = list(element.iter(f"{XHTML}tr"))
    width = max(sum(int(cell.get("colspan", 1)) for cell in row) for row in rows)
    heads = {id(row) for head in element.iter(f"{XHTML}thead") for row in head.iter(f"{XHTML}tr")}
    header = ", ".join(_cell(cell) for row in rows if id(row) in heads for cell in row)
    cells = ", ".join(_cell(cell) for row in rows if id(row) not in heads for cell in row)
    return f"\n#table(columns: {width}, {f'table.header({header}), ' if header else ''}{cells})\n"


def _cell(cell) -> str:
    return f"table.cell(colspan: {cell.get('colspan', 1)}, rowspan: {cell.get('rowspan', 1)})[{_content(cell)}]"


def _content(element) -> str:
    return "".join(_inside(element))


def _drawing(element) -> str:
    title = element.find(f"{SVG}title")
    source = ElementTree.tostring(element, encoding="unicode")
    alternative = _string(title.text if title is not None else "")
    return f'\n#image(bytes({_string(source)}), format: "svg", alt: {alternative})\n'


def _words(text: str) -> str:
    """A text as HTML shows it: runs of spaces and line breaks are one space, no-break spaces stay."""
    return f"#{_string(SPACES.sub(' ', text))};"


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(page: Path, fonts: Path) -> dict:
    import typst  # a figure of the bench, not a library of the product: see requirements-dev.in

    source = typst_of(page.read_text("utf-8"))
    began, spent = time.perf_counter(), time.process_time()
    pdf = typst.compile(source, font_paths=[str(fonts)], pdf_standards=["ua-1"])
    took = {"secondes": time.perf_counter() - began, "processeur": time.process_time() - spent}
    page.with_suffix(".typst.pdf").write_bytes(pdf)
    return took


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))

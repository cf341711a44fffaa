"""Drawing what nobody vouches for: pixels only, in a program of its own, bounded in time, memory and number."""

import io
import json
import os
import subprocess
import sys
import time
import zlib
from threading import Thread

import pytest
from PIL import Image, PngImagePlugin

from certif import limits, viewer
from certif.viewer import IMAGE, PDF, ViewerBusy, ViewFailed, count_pages, draw
from tests.files import pdf_of

pytestmark = pytest.mark.slow


@pytest.fixture
def on_disk(tmp_path):
    def write(content: bytes):
        path = tmp_path / "piece"
        path.write_bytes(content)
        return path.open("rb")

    return write


def picture(size=(40, 30), form="PNG", **options) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "#0F4C5C").save(content, form, **options)
    return content.getvalue()


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def test_a_page_of_a_pdf_becomes_pixels(on_disk):
    with on_disk(pdf_of(["Première page", "Deuxième page"])) as file:
        image = opened(draw(file, PDF, 2))
    assert (image.format, max(image.size) <= limits.VIEW_SIDE) == ("PNG", True)
    assert image.convert("L").getextrema() == (0, 255)


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_page_that_is_not_there_fails(on_disk, page):
    with on_disk(pdf_of(["Une page", "Une autre"])) as file, pytest.raises(ViewFailed):
        draw(file, PDF, page)


def test_pages_are_counted_without_being_drawn(on_disk):
    with on_disk(pdf_of(["Une", "Deux", "Trois"])) as file:
        assert count_pages(file) == 3
    with on_disk(b"%PDF-1.4") as file, pytest.raises(ViewFailed):
        count_pages(file)


def test_what_a_pdf_would_run_or_open_stays_dead(on_disk, tmp_path):
    told = tmp_path / "appel"
    action = f"/OpenAction << /S /JavaScript /JS (app.launchURL\\('file://{told}'\\)) >>"
    launch = f"/AA << /WC << /S /Launch /F ({told}) >> >>"
    with on_disk(pdf_of(["Une page"], catalog=action + launch)) as file:
        assert opened(draw(file, PDF)).format == "PNG"
    assert not told.exists()


@pytest.mark.parametrize("box", ["0 0 14400 14400", "0 0 14400 10"])
def test_a_huge_page_is_drawn_small(on_disk, box):
    with on_disk(pdf_of(["Immense"], box=box)) as file:
        image = opened(draw(file, PDF))
    assert (max(image.size) <= limits.VIEW_SIDE, image.width * image.height <= limits.VIEW_PIXELS) == (True, True)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\n", b"%PDF-1.4\n" + os.urandom(2000), b"\x00" * 5000, picture()])
def test_what_is_not_a_pdf_fails_cleanly(on_disk, content):
    with on_disk(content) as file, pytest.raises(ViewFailed):
        draw(file, PDF)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_an_image_is_drawn_again(on_disk, form):
    with on_disk(picture((3000, 1000), form)) as file:
        image = opened(draw(file, IMAGE))
    assert (image.format, image.size) == ("PNG", (limits.VIEW_SIDE, round(limits.VIEW_SIDE / 3)))


def test_nothing_but_pixels_is_left_of_an_image(on_disk):
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "<script>alert(1)</script>")
    place = Image.Exif()
    place[0x010E] = "Rue des Tanneurs"
    with on_disk(picture(pnginfo=said, exif=place) + b"<script>alert(2)</script>") as file:
        png = draw(file, IMAGE)
    assert [word in png for word in (b"script", b"Tanneurs", b"tEXt", b"eXIf")] == [False] * 4


def test_an_image_turned_by_its_camera_is_shown_upright(on_disk):
    turned = Image.Exif()
    turned[0x0112] = 6
    with on_disk(picture((40, 30), "JPEG", exif=turned)) as file:
        assert opened(draw(file, IMAGE)).size == (30, 40)


def test_a_picture_that_swells_is_refused(on_disk):
    """A hundred thousand pixels a side, all the same: a few kilobytes that announce ten thousand million pixels."""
    side = 100_000

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")
    with on_disk(bomb) as file, pytest.raises(ViewFailed):
        draw(file, IMAGE)


def test_other_images_are_not_read_even_when_pillow_could(on_disk):
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, "GIF")
    with on_disk(content.getvalue()) as file, pytest.raises(ViewFailed):
        draw(file, IMAGE)


# --- The program ------------------------------------------------------------------------------


def program(monkeypatch, tmp_path, source: str) -> None:
    """The same call, with another program in the place of ours, given the same bounds."""
    path = tmp_path / "programme.py"
    start = f"import json, sys\nsys.path.insert(0, {str(viewer.PROGRAM.parent)!r})\nimport drawing\n"
    path.write_text(f"{start}drawing.bound_oneself(json.loads(sys.argv[3]))\n{source}")
    monkeypatch.setattr(viewer, "PROGRAM", path)


def test_a_program_that_never_ends_is_ended(monkeypatch, tmp_path, on_disk):
    program(monkeypatch, tmp_path, "while True: pass")
    monkeypatch.setattr(limits, "VIEWER_SECONDS", 1)
    with on_disk(b"") as file, pytest.raises(ViewFailed):
        draw(file, PDF)


@pytest.mark.parametrize(
    "source",
    [
        "bytearray(900 * 1024 * 1024)",
        "open('/tmp/certif-ecrit', 'w').write('x' * 10)",
    ],
)
def test_a_program_that_wants_too_much_is_refused(monkeypatch, tmp_path, on_disk, source):
    program(monkeypatch, tmp_path, source)
    with on_disk(b"") as file, pytest.raises(ViewFailed):
        draw(file, PDF)


def test_the_program_inherits_nothing(monkeypatch, tmp_path, on_disk):
    secret = (tmp_path / "base.sqlite3").open("w+")
    monkeypatch.setenv("SECRET_KEY", "rien-a-voir")
    source = "import os\nopened = sorted(os.listdir('/proc/self/fd'))\n"
    source += "sys.stdout.write(json.dumps([len(opened) - 1, 'SECRET_KEY' in os.environ]))"
    program(monkeypatch, tmp_path, source)
    with on_disk(b"") as file:
        assert json.loads(draw(file, PDF)) == [3, False]
    secret.close()


def test_only_so_many_at_once(monkeypatch, tmp_path, on_disk):
    program(monkeypatch, tmp_path, "import time; time.sleep(3)")
    monkeypatch.setattr(limits, "VIEWER_PATIENCE_SECONDS", 0.2)

    def look():
        with (tmp_path / "piece").open("rb") as file, pytest.raises(ViewFailed):
            draw(file, PDF)

    on_disk(b"").close()
    others = [Thread(target=look) for _ in range(limits.VIEWERS_AT_ONCE)]
    for other in others:
        other.start()
    time.sleep(0.3)
    try:
        with (tmp_path / "piece").open("rb") as file, pytest.raises(ViewerBusy):
            draw(file, PDF)
    finally:
        for other in others:
            other.join()


def test_the_program_knows_nothing_of_the_product():
    source = (
        "import sys, runpy; runpy.run_path(%r, run_name='vu');"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('certif', 'assessments', 'django')))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", source % str(viewer.PROGRAM)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

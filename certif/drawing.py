"""The program that opens one file nobody vouches for and draws one page of it (see `certif.viewer`, which starts it).

`drawing.py pdf|image PAGE BOUNDS`: the file on the standard input, a PNG on the output; for page 0, how many pages there are.
It imports nothing of the product: it knows nothing worth stealing.
"""

import json
import resource
import sys
from io import BytesIO


def bound_oneself(bounds: dict) -> None:
    """Memory, computing time, no file written, no picture of the memory left behind."""
    for what, most in (
        (resource.RLIMIT_DATA, bounds["memory"]),
        (resource.RLIMIT_CPU, bounds["seconds"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))


def page_of_pdf(document, page: int, bounds: dict):
    sheet = document[page - 1]
    width, height = sheet.get_size()
    scale = min(bounds["side"] / max(width, height), (bounds["pixels"] / (width * height)) ** 0.5, bounds["scale"])
    return sheet.render(scale=scale, may_draw_forms=False).to_pil()


def image(content: bytes, bounds: dict):
    from PIL import Image, ImageOps

    found = Image.open(BytesIO(content), formats=("PNG", "JPEG"))
    if found.width * found.height > bounds["image_pixels"]:
        raise ValueError("too many pixels")
    side = bounds["side"]
    found.draft("RGB", (side, side))
    found.thumbnail((side, side))
    return ImageOps.exif_transpose(found)


def png(drawn) -> bytes:
    """Pixels alone: neither comment, nor place, nor profile."""
    kept = drawn.convert("RGBA" if drawn.mode in ("RGBA", "LA", "PA", "P") else "RGB")
    kept.info.clear()
    written = BytesIO()
    kept.save(written, "PNG")
    return written.getvalue()


def main() -> None:
    kind, page, bounds = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
    bound_oneself(bounds)
    content = sys.stdin.buffer.read(bounds["bytes"] + 1)
    if kind == "image":
        answer = png(image(content, bounds))
    else:
        import pypdfium2

        document = pypdfium2.PdfDocument(content)
        answer = png(page_of_pdf(document, page, bounds)) if page else str(len(document)).encode()
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()

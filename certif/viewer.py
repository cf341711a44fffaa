"""Turns one page of a PDF, or an image, into a PNG that holds pixels and nothing else.

What people file is not to be trusted: it is opened by a program of its own, started anew for each page, which inherits no
connection, no secret and no open file of the server, may write nowhere, and is bounded in memory and in time. PDFium is built
without JavaScript; whatever a PDF would run, fetch or open stays in that program.
"""

import json
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO

from certif import limits

PDF, IMAGE = "pdf", "image"
PROGRAM = Path(__file__).with_name("drawing.py")
BOUNDS = {
    "memory": limits.VIEWER_BYTES_OF_MEMORY,
    "seconds": limits.VIEWER_SECONDS,
    "bytes": limits.EVIDENCE_BYTES,
    "image_pixels": limits.IMAGE_PIXELS,
    "side": limits.VIEW_SIDE,
    "pixels": limits.VIEW_PIXELS,
    "scale": limits.VIEW_SCALE,
}
_AT_ONCE = BoundedSemaphore(limits.VIEWERS_AT_ONCE)


class ViewFailed(Exception):
    """The file cannot be drawn: broken, protected, too large, or too long to draw."""


class ViewerBusy(Exception):
    """Too many pages are being drawn at once."""


def draw(file: BinaryIO, kind: str, page: int = 1) -> bytes:
    """The page `page`, from 1, of an open file on disk, as a PNG. Raises ViewFailed or ViewerBusy."""
    if page < 1:
        raise ViewFailed
    return _run(file, kind, page)


def count_pages(file: BinaryIO) -> int:
    """How many pages a PDF has. Raises ViewFailed or ViewerBusy."""
    return int(_run(file, PDF, 0))


def _run(file: BinaryIO, kind: str, page: int) -> bytes:
    if not _AT_ONCE.acquire(timeout=limits.VIEWER_PATIENCE_SECONDS):
        raise ViewerBusy
    try:
        done = subprocess.run(
            [sys.executable, "-I", PROGRAM, kind, str(page), json.dumps(BOUNDS)],
            stdin=file,
            capture_output=True,
            timeout=limits.VIEWER_SECONDS,
            check=True,
            cwd="/",
            env={},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        raise ViewFailed from failure
    finally:
        _AT_ONCE.release()
    if not done.stdout:
        raise ViewFailed
    return done.stdout

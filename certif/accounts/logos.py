"""The logo of a structure: whatever image comes in, a small PNG of our own making is kept."""

from io import BytesIO
from typing import BinaryIO

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

from certif import limits

UNREADABLE = "Ce fichier n’est pas une image PNG ou JPEG lisible."
TOO_LARGE = "Cette image dépasse 40 millions de pixels : réduisez-la avant de l’envoyer."

_NOT_AN_IMAGE = (OSError, ValueError, SyntaxError, EOFError)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def reencode(file: BinaryIO) -> bytes:
    """The first image of a PNG or JPEG file as a PNG of at most `limits.LOGO_BYTES`; raises ValidationError."""
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as image:
            if image.width * image.height > limits.IMAGE_PIXELS:
                raise ValidationError(TOO_LARGE)
            small = image.convert("RGBA") if image.mode in ("1", "P", "PA") else image
            small.thumbnail((limits.LOGO_SIDE, limits.LOGO_SIDE))
            upright = ImageOps.exif_transpose(small).convert("RGBA")
    except _BOMB as error:
        raise ValidationError(TOO_LARGE) from error
    except _NOT_AN_IMAGE as error:
        raise ValidationError(UNREADABLE) from error
    return _as_png(upright)


def _as_png(image: Image.Image) -> bytes:
    side = limits.LOGO_SIDE
    while True:
        image.thumbnail((side, side))
        stored = BytesIO()
        image.save(stored, "PNG", optimize=True)
        if stored.tell() <= limits.LOGO_BYTES:
            return stored.getvalue()
        side = side * 3 // 4

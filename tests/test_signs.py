"""The sprite of marks and icons: whatever a template draws is in it."""

import re
from pathlib import Path

from django.conf import settings

SPRITE = (Path(settings.BASE_DIR) / "static/img/signes.svg").read_text()
DRAWN = {
    name
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    for name in re.findall(r'{% icon "([a-z-]+)"', path.read_text())
}


def test_every_icon_of_a_template_is_in_the_sprite():
    assert DRAWN
    assert {name for name in DRAWN if f'id="i-{name}"' not in SPRITE} == set()


def test_every_ball_and_square_is_in_the_sprite():
    marks = [*(f"hb-{mark}" for mark in "01234nx"), *(f"c-{mark}" for mark in ("bloquant", "majeur", "mineur"))]
    assert [mark for mark in marks if f'id="{mark}"' not in SPRITE] == []

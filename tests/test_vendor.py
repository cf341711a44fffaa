"""Files of others are what their authors published; files of ours exist where pages look for them."""

import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parent.parent


def declared(versions: Path) -> dict[str, str]:
    lines = [line.split() for line in versions.read_text().splitlines() if line and not line.startswith("#")]
    return {path: checksum for path, _version, _licence, checksum in lines}


@pytest.mark.parametrize(
    ("folder", "patterns"),
    [("static", ("vendor/*.css", "vendor/*.js", "fonts/*.woff2")), ("tests", ("vendor/*.js",))],
)
def test_vendored_files_are_intact_and_declared(folder, patterns):
    present = {
        str(path.relative_to(ROOT / folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in patterns
        for path in (ROOT / folder).glob(pattern)
    }
    assert present == declared(ROOT / folder / "vendor" / "VERSIONS")


def test_every_static_file_a_template_names_exists():
    """Hashed names abort on the first missing file: a page would be a 500."""
    named = {
        match[1]
        for template in (ROOT / "templates").rglob("*.html")
        for match in re.finditer(r"""{%\s*static\s+["']([^"']+)["']""", template.read_text())
    }
    assert {name for name in named if finders.find(name) is None} == set()


def test_no_stylesheet_or_script_asks_for_a_source_map():
    asking = {path.name for path in (ROOT / "static").rglob("*.[cj]s*") if "sourceMappingURL" in path.read_text()}
    assert asking == set()


def test_no_page_carries_a_style_or_a_script_of_its_own():
    """The Content-Security-Policy would silence it."""
    inline = re.compile(r"""<style|\sstyle=["']|\son(click|change|submit|load|input|error)=|<script(?![^>]*(?:\ssrc=|application/json))[^>]*>\s*\S""")
    guilty = {
        str(template.relative_to(ROOT))
        for template in (ROOT / "templates").rglob("*.html")
        if "reports" not in template.parts and "emails" not in template.parts and inline.search(template.read_text())
    }
    assert guilty == set()

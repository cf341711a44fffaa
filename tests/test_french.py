"""What people read follows French typography: no line may begin with « : » or end with « « », no straight apostrophe."""

import re

import pytest

from tests.test_architecture import ROOT

TEMPLATES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "templates").rglob("*.html")
    if path.parent.name != "reports"  # the press spaces what it prints: `reports.press.spaced`
)
CODE = re.compile(
    r"(?s)\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}|<script.*?</script>|<style.*?</style>|<!--.*?-->|</?[a-zA-Z][^<>]*>"
)
LOOSE = re.compile(r".{0,20}(?:(?<=[^\s:;]) [:;!?»%€](?![\w/=&])|« (?=\S)|\w'\w).{0,20}")


@pytest.mark.parametrize("template", TEMPLATES)
def test_punctuation_stays_with_its_word(template):
    """Code and tags count as one letter: « {{ name }} » is a word between quotes."""
    said = CODE.sub("\ue000", (ROOT / template).read_text(encoding="utf-8"))
    assert [found[0].replace("\ue000", "…") for found in LOOSE.finditer(said)] == []

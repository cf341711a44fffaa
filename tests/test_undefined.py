"""The trap for undefined template variables catches ours, and only ours."""

import pytest
from django.template import Context, engines
from django.template.base import Origin, Template

from tests.undefined import TEMPLATES, UndefinedVariable

ENGINE = engines["django"].engine


def render(source: str, path: str) -> str:
    return Template(source, Origin(path), path, ENGINE).render(Context({"known": "connu"}))


def test_ours_fails():
    with pytest.raises(UndefinedVariable, match=r"unknown in .*page\.html"):
        render("{{ unknown }}", f"{TEMPLATES}/page.html")
    with pytest.raises(UndefinedVariable):
        render("{{ unknown|default:'x' }}", f"{TEMPLATES}/page.html")


def test_ours_may_ask_whether_a_variable_exists():
    assert render("{% if unknown %}oui{% else %}non{% endif %} {{ known }}", f"{TEMPLATES}/page.html") == "non connu"


def test_others_are_left_alone():
    assert render("[{{ unknown }}] {{ unknown|default:'x' }}", "/lib/admin/page.html") == "[] x"

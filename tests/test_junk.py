"""Whatever a form receives, the answer is clear: what a person would never type, in every field of every form, is refused
or cleaned, and never breaks the page."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from certif.fields import whole_number
from tests.test_access import TABLE, World

JUNK = (
    "²",
    "٣",
    "-1",
    "9" * 25,
    "9" * 5000,
    "1e5",
    "NaN",
    "x" * 4001,
    "a\x00b",
    "\x1b[31m",
    "👨‍👩‍👧‍👦" * 500,
    "\u202eabc",
    "a" + "\u0301" * 50,
    "29/02/2027",
    "0001-01-01",
    "9999-12-31",
    "<script>alert(1)</script>",
    "{{ 7 }}",
    "%s",
    "=1+1",
    "\u200b",
    "https://" + "a" * 3000 + ".fr",
)
ALONE = (JUNK[0], "9" * 5000, "a\x00b")
"""Sent also in one field at a time, in case another field is refused first."""

# Fields no page shows to the person of these tests, or not at first.
HIDDEN = {
    "criterion": ("version", "auteur", "niveau", "retirer"),
    "criterion_assign": ("personne",),
    "answer_history": ("version", "retablir"),
    "action_move": ("version", "status"),
    "action_delete": ("version",),
    "documents": ("document",),
    "evidence_add": ("par", "evidence", "expected", "url"),
    "evidence_replace": ("par", "url"),
    "evidence_use_edit": ("expected", "retour"),
    "roadmap_propose": ("proposition",),
    "scope": ("based_on",),
}
WAYS = {"evidence_add": ("fichier", "lien", "bibliotheque"), "evidence_replace": ("fichier", "lien")}
FIELD = re.compile(r'<(?:input|textarea|select|button)[^>]*\sname="([^"]+)"')


def fields_of(client, name: str, url: str) -> set[str]:
    page = client.get(url)
    shown = FIELD.findall(page.content.decode()) if page.status_code == 200 and not page.streaming else ()
    return {html.unescape(field) for field in shown} - {"csrfmiddlewaretoken"} | set(HIDDEN.get(name, ()))


def bodies(name: str, fields: set[str]):
    for way in WAYS.get(name, ("",)):
        own = {"par": way} if way else {}
        yield own
        for junk in JUNK:
            yield dict.fromkeys(fields, junk) | own
        for field in fields:
            yield from ({"version": "0"} | own | {field: junk} for junk in ALONE)
        for field in fields:
            yield {field: [JUNK[0], JUNK[3]]} | own
            yield {field: SimpleUploadedFile("a" * 300 + ".pdf", b"%PDF")} | own


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, (_, writing) in TABLE.items() if writing])
def test_no_form_breaks(world, db, name):
    url = world.url(name)
    if name == "evidence_add":
        url += "?critere=PER-01"
    broken = []
    for body in bodies(name, fields_of(world.client("a_owner"), name, url)):
        with transaction.atomic():
            try:
                status = world.client("a_owner").post(url, body).status_code
            except Exception as error:  # whatever it is, a visitor would see a page of error
                status = error
            if not isinstance(status, int) or status >= 500:
                broken.append(({field: str(value)[:20] for field, value in body.items()}, status))
            transaction.set_rollback(True)
    assert broken == []


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0),
        ("42", 42),
        (str(2**63 - 1), 2**63 - 1),
        (str(2**63), None),
        ("9" * 5000, None),
        ("²", None),
        ("٣", None),
        ("-1", None),
        (" 1", None),
        ("", None),
    ],
)
def test_a_number_that_came_by_hand(typed, number):
    assert whole_number(typed) == number

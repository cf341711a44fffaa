"""Anyone may check a document: its code, its cover, its file; a stranger learns nothing else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments import documents, snapshots, tasks
from assessments.enums import DocumentKind, SnapshotKind
from assessments.models import Snapshot
from certif.guards import suspended
from certif.limits import VERIFICATION_MISSES
from tests.factories import answer
from tests.ground import GUARDS
from tests.people import client_of


@pytest.fixture
def taken(dossier, lea) -> Snapshot:
    answer(dossier, "PER-01", 1, justification="Un secret de famille.", by=lea)
    return snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)


def get(code: str, **options):
    return client_of().get(reverse("verify_code", args=[code]), **options)


def compare(code: str, **data):
    return client_of().post(reverse("verify_code", args=[code]), data)


def test_a_code_typed_in_leads_to_its_page(taken):
    response = client_of().get(reverse("verify"), {"code": f" {taken.code.lower().replace('-', ' ')} "})
    assert response.url == f"/verifier/{taken.code}/"


def test_an_empty_code_is_asked_for(db):
    response = client_of().get(reverse("verify"), {"code": ""})
    assert response.status_code == 422
    assert "Recopiez le code" in response.content.decode()


def test_a_short_code_is_kept_and_refused(db):
    response = client_of().get(reverse("verify"), {"code": "7K2M-94"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="7K2M-94"' in html
    assert "Aucun document ne porte ce code" in html


def test_an_unknown_code_is_said_so(db):
    response = get("7K2M-94QX-B3TF")
    assert response.status_code == 404
    assert "Aucun document ne porte ce code" in response.content.decode()


def test_a_code_says_what_the_cover_says_and_nothing_else(taken):
    html = get(taken.code).content.decode()
    assert [
        text for text in ("La Fabrique", "Pas encore prêt", taken.sha256, "Ce code est authentique") if text not in html
    ] == []
    assert [text for text in ("secret de famille", "Léa", "PER-01", "Médiation de nuit") if text in html] == []


def test_a_photograph_that_was_tampered_with_is_denounced(taken, dossier):
    from django.db import connection

    with suspended(connection, GUARDS):
        Snapshot.objects.filter(pk=taken.pk).update(
            content=taken.content.replace('"verdict":"pas prêt"', '"verdict":"prêt"')
        )
    assert "ne se recalcule plus à l’identique" in get(taken.code).content.decode()


def test_a_fingerprint_is_compared(taken):
    spaced = " ".join(taken.sha256[i : i + 4].upper() for i in range(0, 64, 4))
    assert "Cette empreinte est bien celle du dossier" in compare(taken.code, empreinte=spaced).content.decode()
    wrong = ("0" if taken.sha256[0] != "0" else "1") + taken.sha256[1:]
    assert "Cette empreinte n’est pas celle" in compare(taken.code, empreinte=wrong).content.decode()


@pytest.mark.parametrize("typed", ["", "abc", "zzzzzzzzzzzzzzzzzzzzzzzz"])
def test_too_little_to_compare_is_refused(taken, typed):
    response = compare(taken.code, empreinte=typed)
    assert response.status_code == 422
    assert "Choisissez un fichier" in response.content.decode()


def test_a_file_is_compared_to_the_byte(taken, dossier, lea):
    document = documents.request_document(dossier, DocumentKind.ROADMAP, by=lea)
    tasks.produce(document.pk)
    document.refresh_from_db()
    with document.file.open("rb") as file:
        content = file.read()
    same = compare(taken.code, fichier=SimpleUploadedFile("r.pdf", content)).content.decode()
    other = compare(taken.code, fichier=SimpleUploadedFile("r.pdf", content + b" ")).content.decode()
    assert "celui que Certif a produit\u00a0: feuille de route d’amélioration." in same
    assert "Ce fichier n’est pas celui que Certif a produit" in other


def test_guessing_codes_is_slowed_down(taken, settings):
    answers = [get(f"AAAA-AAAA-A{rank:03}").status_code for rank in range(VERIFICATION_MISSES + 1)]
    assert answers == [404] * VERIFICATION_MISSES + [429]
    assert get(taken.code).status_code == 429


def test_nothing_is_kept_by_caches(taken):
    assert "no-store" in get(taken.code)["Cache-Control"]

"""50 MiB exactly is accepted; one byte more is refused, and the rest of the form is kept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from certif import limits

pytestmark = pytest.mark.urls("tests.broken_urls")


def deposit(client, size: int):
    file = SimpleUploadedFile("preuve.pdf", b"x" * size, "application/pdf")
    return client.post("/essai/depot/", {"libelle": "Charte", "fichier": file})


@pytest.mark.slow
def test_the_limit_is_accepted_and_one_byte_more_is_not(client):
    accepted = deposit(client, limits.EVIDENCE_BYTES)
    assert (accepted.status_code, accepted.content.decode()) == (200, f"Charte {limits.EVIDENCE_BYTES} []")
    refused = deposit(client, limits.EVIDENCE_BYTES + 1)
    assert (refused.status_code, refused.content.decode()) == (413, "Charte None ['fichier']")


def test_the_limit_counts_the_bytes_received(client, monkeypatch):
    monkeypatch.setattr(limits, "EVIDENCE_BYTES", 1_000)
    assert deposit(client, 1_000).content.decode() == "Charte 1000 []"
    assert deposit(client, 1_001).content.decode() == "Charte None ['fichier']"


def test_nothing_is_left_of_a_refused_file(client, monkeypatch, settings):
    monkeypatch.setattr(limits, "EVIDENCE_BYTES", 3 * limits.MIB)
    deposit(client, 4 * limits.MIB)
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


def test_a_request_out_of_all_proportion_is_not_even_read(client):
    response = client.post(
        "/essai/depot/", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(limits.DRAINED_BYTES + 1)
    )
    assert response.status_code == 413
    assert "Ce fichier est trop lourd" in response.content.decode()


def test_a_text_form_beyond_its_limit_is_a_413(client):
    response = client.post("/essai/texte/", {"texte": "x" * (limits.FORM_BYTES + 1)})
    assert response.status_code == 413
    assert client.post("/essai/texte/", {"texte": "x" * 100_000}).content == b"x" * 100_000

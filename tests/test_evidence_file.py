"""Giving a file back: rights at every request, and headers under which nothing can run."""

import pytest
from django.urls import reverse

from assessments.enums import Status
from assessments.models import Assessment, Event, Share
from certif.accounts.models import Affiliation, Membership
from tests.factories import declare, make_assessment, make_evidence, use_evidence
from tests.people import client_of

CONTENT = b"Ce que dit la charte."


@pytest.fixture
def piece(fabrique, dossier):
    piece = make_evidence(
        fabrique,
        "Charte",
        content=CONTENT,
        original_name="Charte « 2026 ».txt",
        content_type="text/plain; charset=utf-8",
    )
    use_evidence(piece, dossier, "PER-01")
    return piece


def get(user, piece, **options):
    return client_of(user).get(reverse("evidence_file", args=[piece.pk]), **options)


def status(user, piece) -> int:
    return consumed(get(user, piece)).status_code


def consumed(response):
    """Reads a file to its end, as a browser would, which closes it."""
    if response.streaming:
        list(response.streaming_content)
    return response


def test_the_file_comes_back_as_an_attachment_that_cannot_run(lea, piece):
    response = get(lea, piece)
    assert b"".join(response.streaming_content) == CONTENT
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Charte%20%C2%AB%202026%20%C2%BB.txt"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Length"] == str(len(CONTENT))


def test_each_copy_taken_is_remembered(lea, piece):
    status(lea, piece)
    event = Event.objects.get()
    assert (event.verb, event.actor, event.structure, event.after) == (
        "preuve_telechargee",
        lea,
        piece.structure,
        {"preuve": piece.pk},
    )


def test_every_member_reads(lea, karim, lise, piece):
    assert [status(user, piece) for user in (lea, karim, lise)] == [200, 200, 200]


def test_a_stranger_finds_nothing(oscar, adele, ines, piece):
    assert [status(user, piece) for user in (oscar, adele, ines)] == [404, 404, 404]


def test_an_unknown_visitor_goes_to_login(piece):
    assert get(None, piece).url.startswith("/connexion/")


def test_a_link_and_an_unknown_number_have_no_file(lea, fabrique):
    assert status(lea, make_evidence(fabrique, url="https://exemple.fr/")) == 404
    assert client_of(lea).get("/preuves/999999/fichier/").status_code == 404
    assert client_of(lea).get(f"/preuves/{'9' * 30}/fichier/").status_code == 404


def test_posting_is_refused(lea, piece):
    address = reverse("evidence_file", args=[piece.pk])
    assert [client_of(lea).post(address).status_code, client_of(lea).head(address).status_code] == [405, 405]


def test_a_lost_file_is_a_404_and_an_alarm(lea, piece, caplog):
    piece.file.storage.delete(piece.file.name)
    assert status(lea, piece) == 404
    assert f"The file of evidence {piece.pk} is missing" in caplog.text


# --- Shared with a network --------------------------------------------------------------------


@pytest.fixture
def share(dossier, reseau):
    return Share.objects.create(assessment=dossier, network=reseau, with_files=True)


def test_an_advisor_reads_what_supports_a_shared_dossier(adele, share, piece):
    assert status(adele, piece) == 200


def test_through_a_register_too(adele, share, fabrique, dossier):
    piece = make_evidence(fabrique)
    declare(dossier, "REG-1", evidence=[piece])
    assert status(adele, piece) == 200


def test_the_rest_of_the_library_stays_closed(adele, share, fabrique, edition):
    other = make_evidence(fabrique)
    use_evidence(other, make_assessment(fabrique, edition, title="Non partagé"), "PER-01")
    assert [status(adele, other), status(adele, make_evidence(fabrique))] == [404, 404]


def test_a_share_without_files_gives_none(adele, share, piece):
    Share.objects.update(with_files=False)
    assert status(adele, piece) == 404


def test_a_withdrawn_share_ends_at_once(adele, share, piece, dossier):
    client = client_of(adele)
    address = reverse("evidence_file", args=[piece.pk])
    first = consumed(client.get(address))
    Share.objects.update(revoked_at=dossier.created_at)
    assert (first.status_code, client.get(address).status_code) == (200, 404)


def test_leaving_the_network_or_the_structure_ends_at_once(adele, karim, share, piece):
    assert [status(adele, piece), status(karim, piece)] == [200, 200]
    Affiliation.objects.all().delete()
    Membership.objects.filter(user=karim).delete()
    assert [status(adele, piece), status(karim, piece)] == [404, 404]


def test_a_disabled_person_is_out(karim, piece):
    client = client_of(karim)
    karim.is_active = False
    karim.save()
    assert client.get(reverse("evidence_file", args=[piece.pk])).status_code == 302


def test_a_closed_dossier_still_gives_its_files(lea, piece):
    Assessment.objects.update(status=Status.CLOSED)
    assert status(lea, piece) == 200

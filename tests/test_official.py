"""The official wording: typed by who holds it, read by their own people, and found nowhere else."""

import csv
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from assessments import official, snapshots
from assessments.enums import DocumentKind, SnapshotKind
from assessments.models import Event, Share
from assessments.official import Holder
from assessments.reading import canonical_json, read
from assessments.reports.press import document_html, source_of
from referentiel.editions import canonical_content
from referentiel.models import OfficialText
from tests.factories import key_of, make_assessment
from tests.people import client_of

WORDS = "Il convient que la structure dispose de zzwordings"
KEY = str(key_of("DEO-01"))


def held(holder: Holder, edition, by, text: str = WORDS) -> OfficialText:
    return official.save(holder, standard=edition.standard, key=KEY, text=text, reference="§ 5.2", based_on=0, by=by)


def beside(user, dossier) -> str:
    response = client_of(user).get(reverse("criterion_official", args=[dossier.pk, "DEO-01"]))
    assert response.status_code == 200
    return response.content.decode()


def test_members_read_it_beside_our_statement(fabrique, edition, dossier, karim, lise):
    held(Holder(structure=fabrique), edition, karim)
    assert WORDS in beside(lise, dossier)
    assert "Texte officiel que vous détenez" in client_of(lise).get(reverse("criterion", args=[dossier.pk, "DEO-01"])).content.decode()


def test_an_advisor_of_the_shared_dossier_does_not(fabrique, edition, dossier, karim, adele, reseau):
    Share.objects.create(assessment=dossier, network=reseau)
    held(Holder(structure=fabrique), edition, karim)
    assert WORDS not in beside(adele, dossier)


def test_the_wording_of_a_network_is_for_its_people(edition, dossier, lea, adele, reseau):
    Share.objects.create(assessment=dossier, network=reseau)
    held(Holder(network=reseau), edition, adele)
    assert WORDS in beside(adele, dossier)
    assert WORDS not in beside(lea, dossier)


def test_another_structure_on_the_same_edition_sees_nothing(fabrique, edition, karim, oscar, passeurs):
    held(Holder(structure=fabrique), edition, karim)
    theirs = make_assessment(passeurs, edition, by=oscar)
    assert WORDS not in beside(oscar, theirs)
    listed = client_of(oscar).get(reverse("official_texts", args=[passeurs.pk])).content.decode()
    assert "0\u00a0texte saisi" in listed


def test_it_is_in_no_export_nor_document(fabrique, edition, dossier, karim):
    held(Holder(structure=fabrique), edition, karim)
    snapshot = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=karim)
    fixture = io.StringIO()
    call_command(
        "dumpdata", "referentiel.edition", "referentiel.criterion", "referentiel.standard", stdout=fixture, use_natural_foreign_keys=True
    )
    said = {
        "canonical": canonical_json(read(dossier).canonical),
        "edition": str(canonical_content(edition)),
        "snapshot": snapshot.content,
        "fixture": fixture.getvalue(),
        "journal": str(list(Event.objects.values_list("before", "after"))),
        **{kind: document_html(source_of(snapshot), kind) for kind in DocumentKind},
    }
    assert [name for name, text in said.items() if "zzwordings" in text] == []


def test_a_reader_may_not_type(fabrique, edition, lise):
    address = reverse("official_text", args=[fabrique.pk, KEY])
    assert client_of(lise).get(address).status_code == 403
    response = client_of(lise).post(address, {"text": WORDS, "reference": "", "version": 0})
    assert (response.status_code, OfficialText.objects.count()) == (403, 0)


def test_typing_correcting_and_taking_away(fabrique, edition, karim):
    client, address = client_of(karim), reverse("official_text", args=[fabrique.pk, KEY])
    client.post(address, {"text": WORDS, "reference": "§ 5.2", "version": 0})
    client.post(address, {"text": "Corrigé", "reference": "§ 5.3", "version": 1})
    row = OfficialText.objects.get()
    assert (row.text, row.reference, row.version, row.structure_id, row.network_id) == ("Corrigé", "§ 5.3", 2, fabrique.pk, None)
    client.post(address, {"text": "", "reference": "", "version": 2})
    assert not OfficialText.objects.exists()


def test_two_at_once_overwrite_nothing(fabrique, edition, karim, lea):
    held(Holder(structure=fabrique), edition, karim)
    response = client_of(lea).post(
        reverse("official_text", args=[fabrique.pk, KEY]), {"text": "Le mien", "reference": "", "version": 0}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert WORDS in page and "Le mien" in page
    assert OfficialText.objects.get().text == WORDS


def lines(*rows) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue()


def imported(user, structure, text: str):
    return client_of(user).post(reverse("official_texts", args=[structure.pk]), {"lignes": text})


def test_lines_are_imported_together(fabrique, edition, karim):
    imported(karim, fabrique, lines(("code", "article", "texte"), ("DEO-01", "§ 5", "Un\ndeux"), ("per-01", "", "Trois")))
    assert sorted(OfficialText.objects.values_list("reference", "text")) == [("", "Trois"), ("§ 5", "Un\ndeux")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lines(("DEO-01", "Bon"), ("ZZZ-01", "Texte")), "Ligne 2\u00a0: aucun critère ne porte le code «\u00a0ZZZ-01\u00a0»."),
        (lines(("DEO-01", "Bon"), ("DEO-01", "Encore")), "Ligne 2\u00a0: le critère DEO-01 est déjà plus haut."),
        (lines(("DEO-01", "Bon"), ("DEO-02", "")), "Ligne 2\u00a0: le texte est vide."),
        (lines(("DEO-01", "Bon"), ("DEO-02", "x" * 10_001)), "Ligne 2\u00a0: le texte dépasse 10\u202f000 caractères."),
        ('DEO-01;"jamais refermé', "Un guillemet ouvert n’est pas refermé\u00a0: vérifiez le fichier."),
    ],
)
def test_a_wrong_line_imports_nothing_and_keeps_what_was_pasted(fabrique, edition, karim, text, reason):
    response = imported(karim, fabrique, text)
    assert (response.status_code, OfficialText.objects.count()) == (422, 0)
    assert response.context["reasons"] == [reason]
    assert response.context["form"]["lignes"].value() == text

"""The commands that take an edition out and bring one in: what they say, what they write, what they leave alone."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from referentiel.editions import canonical_content
from referentiel.models import Edition
from tests.factories import key_of, make_edition


@pytest.fixture
def edition(db) -> Edition:
    return make_edition("PUBLIEE")


def export(edition: Edition, folder, kind: str = "yaml"):
    path = folder / f"edition.{kind}"
    out = StringIO()
    call_command("exporter_edition", edition.code, format=kind, sortie=path, stdout=out)
    assert out.getvalue() == f"{path} : {edition.label}\n"
    return path


def run(path, **options) -> str:
    out = StringIO()
    call_command("importer_edition", path, stdout=out, **options)
    return out.getvalue()


def edit(path, before: str, after: str):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    return path


@pytest.mark.parametrize("kind", ["yaml", "json", "xlsx"])
def test_a_published_edition_becomes_a_draft_under_another_code(edition, tmp_path, kind):
    path = export(edition, tmp_path, kind)
    assert run(path, code="SUITE", libelle="La suite") == (
        "Nouveau brouillon : La suite (SUITE)\n"
        "Comparé à : Édition d’essai PUBLIEE (PUBLIEE)\n"
        "Édition · Code : « PUBLIEE » → « SUITE »\n"
        "Édition · Libellé : « Édition d’essai PUBLIEE » → « La suite »\n"
        "Critères : 0 ajouté, 0 modifié, 0 retiré.\n"
        "Brouillon SUITE écrit.\n"
    )
    draft = Edition.objects.get(code="SUITE")
    named = {"code": "PUBLIEE", "libelle": edition.label}
    written = canonical_content(draft)
    assert draft.status == "brouillon"
    assert written | {"edition": written["edition"] | named} == canonical_content(edition)


def test_a_published_edition_is_refused_by_name(edition, tmp_path):
    path = edit(export(edition, tmp_path), 'titre: "Confidentialité"', 'titre: "Secret partagé"')
    before = canonical_content(edition)
    with pytest.raises(CommandError) as refusal:
        run(path)
    line = path.read_text("utf-8").split("\n").index('  code: "PUBLIEE"') + 1
    assert str(refusal.value) == (
        f"ligne {line} : l’édition « Édition d’essai PUBLIEE » (PUBLIEE) est publiée : elle ne change plus. "
        "Donnez un autre code.\nRien n’est écrit."
    )
    assert refusal.value.returncode == 1
    assert canonical_content(edition) == before


def test_a_draft_is_compared_then_replaced(edition, tmp_path):
    path = edit(export(edition, tmp_path), '"PUBLIEE"', '"SUITE"')
    run(path)
    edit(path, 'titre: "Confidentialité"', 'titre: "Secret partagé"')
    said = (
        "Brouillon remplacé : Édition d’essai PUBLIEE (SUITE)\n"
        "Comparé à : Édition d’essai PUBLIEE (SUITE)\n"
        "Critère DEO-02 modifié : Titre\n"
        "Critères : 0 ajouté, 1 modifié, 0 retiré.\n"
    )
    assert run(path, simuler=True) == said
    draft = Edition.objects.get(code="SUITE")
    assert draft.criteria.get(code="DEO-02").title == "Confidentialité"
    assert run(path) == said + "Brouillon SUITE écrit.\n"
    assert draft.criteria.get(code="DEO-02").title == "Secret partagé"
    assert run(path).endswith(
        "Aucun changement.\nCritères : 0 ajouté, 0 modifié, 0 retiré.\nBrouillon SUITE inchangé.\n"
    )


def test_simulating_writes_nothing(edition, tmp_path):
    run(export(edition, tmp_path), code="SUITE", simuler=True)
    assert list(Edition.objects.values_list("code", flat=True)) == ["PUBLIEE"]


def test_every_error_has_its_line_and_nothing_is_written(edition, tmp_path):
    path = edit(edit(export(edition, tmp_path), "poids: 2", "poids: 7"), 'code: "QUA-01"', "code: 1.10")
    lines = path.read_text("utf-8").split("\n")
    weight, code = (
        next(place for place, each in enumerate(lines, 1) if word in each) for word in ("poids: 7", "code: 1.10")
    )
    with pytest.raises(CommandError) as refusal:
        run(path, code="SUITE")
    said = str(refusal.value).split("\n")
    assert said == [
        f"ligne {weight} : « poids » doit être un nombre entier, 1 ou 2 ou 3.",
        f"ligne {code} : « code » n’est pas lu comme un texte (1.10) : mettez-le entre guillemets.",
        "Rien n’est écrit.",
    ]
    assert Edition.objects.count() == 1


def test_errors_as_json(edition, tmp_path):
    path = tmp_path / "mauvais.yaml"
    path.write_text("a: &a 1\n")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("importer_edition", path, json=True, stdout=out)
    assert json.loads(out.getvalue()) == {
        "ecrit": False,
        "erreurs": [{"lieu": "ligne 1", "phrase": "les ancres (&a) ne sont pas admises."}],
    }


def test_the_preview_as_json(edition, tmp_path):
    path = edit(export(edition, tmp_path), 'titre: "Confidentialité"', 'titre: "Secret partagé"')
    assert json.loads(run(path, code="SUITE", simuler=True, json=True)) == {
        "ecrit": False,
        "edition": "SUITE",
        "nouveau": True,
        "compare_a": "PUBLIEE",
        "edition_et_regles": ["Code"],
        "niveaux": {"ajoutes": [], "modifies": [], "retires": []},
        "registres": {"ajoutes": [], "modifies": [], "retires": []},
        "chapitres": {"ajoutes": [], "modifies": [], "retires": []},
        "criteres": {
            "ajoutes": [],
            "modifies": [{"code": "DEO-02", "cle": str(key_of("DEO-02")), "champs": ["Titre"]}],
            "retires": [],
        },
    }


def test_keys_left_out_are_those_of_the_edition_it_is_compared_with(edition, tmp_path):
    path = export(edition, tmp_path)
    text = "\n".join(line for line in path.read_text("utf-8").split("\n") if not line.strip().startswith("cle:"))
    path.write_text(text.replace(str(key_of("PER-08")), "PER-08"), "utf-8")
    said = run(path, code="SUITE", simuler=True)
    assert said.endswith("Critères : 0 ajouté, 0 modifié, 0 retiré.\n")


def test_a_first_edition_of_another_norm(edition, tmp_path):
    path = edit(edit(export(edition, tmp_path), 'code: "ESSAI"', 'code: "AUTRE"'), '"PUBLIEE"', '"PREMIERE"')
    said = run(path).split("\n")
    assert said[1] == "Première édition de sa norme."
    assert said[-3:] == ["Critères : 8 ajoutés, 0 modifié, 0 retiré.", "Brouillon PREMIERE écrit.", ""]
    assert Edition.objects.get(code="PREMIERE").standard.code == "AUTRE"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('titre: "Norme d’essai"', 'titre: "Un autre nom"', "la norme ESSAI s’appelle ici « Norme d’essai », éditée par Personne."),
        ('code: "PUBLIEE"', 'code: "norme"', "le code « norme » est réservé : choisissez-en un autre."),
    ],
)  # fmt: skip
def test_what_does_not_fit_with_the_base_is_refused(edition, tmp_path, before, after, sentence):
    path = edit(export(edition, tmp_path), before, after)
    with pytest.raises(CommandError) as refusal:
        run(path, code="SUITE" if "norme" not in after.split('"')[1] else "")
    assert sentence in str(refusal.value)


def test_a_code_asked_for_is_checked_too(edition, tmp_path):
    with pytest.raises(CommandError) as refusal:
        run(export(edition, tmp_path), code="deux mots")
    assert str(refusal.value) == (
        "code demandé : le code « deux mots » ne peut contenir ni espace ni barre oblique.\nRien n’est écrit."
    )


def test_files_that_are_not_there(edition, tmp_path):
    with pytest.raises(CommandError, match="Impossible de lire"):
        run(tmp_path / "absent.yaml")
    with pytest.raises(CommandError, match="Aucune édition ne porte le code XXX"):
        call_command("exporter_edition", "XXX", format="json", sortie=tmp_path / "x.json")
    with pytest.raises(CommandError, match="Impossible d’écrire"):
        call_command("exporter_edition", "PUBLIEE", format="json", sortie=tmp_path / "nulle" / "part.json")

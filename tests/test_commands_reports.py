"""From the command line: print a document, export a dossier, recompute what was frozen."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from assessments import snapshots, workflow
from assessments.enums import SnapshotKind
from assessments.models import Assessment, Document, Snapshot
from assessments.reading import canonical_json, read
from certif.guards import suspended
from tests.factories import answer, answer_all
from tests.ground import GUARDS
from tests.reports import problems

pytestmark = pytest.mark.slow


def run(*arguments, **options) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["audit", "feuille-de-route"])
def test_a_document_is_printed_into_a_file(dossier, tmp_path, kind):
    target = tmp_path / "document.pdf"
    said = run("rapport", str(dossier.pk), "--document", kind, "--sortie", str(target))
    document = Document.objects.get()
    assert problems(target.read_bytes()) == []
    assert said == f"{target} : {document.get_kind_display()}, {document.pages} pages, code {document.snapshot.code}\n"


def test_the_same_state_is_printed_once(dossier, tmp_path, monkeypatch):
    arguments = ("rapport", str(dossier.pk), "--document", "audit", "--sortie", str(tmp_path / "document.pdf"))
    first = run(*arguments)
    monkeypatch.setattr("assessments.tasks._print", lambda document: pytest.fail("printed twice"))
    assert run(*arguments) == first


def test_an_unknown_dossier_is_said_in_french(db, tmp_path):
    with pytest.raises(CommandError, match="Aucun dossier ne porte le numéro 9"):
        run("rapport", "9", "--document", "audit", "--sortie", str(tmp_path / "x.pdf"))
    with pytest.raises(CommandError, match="Aucun dossier ne porte le numéro 9"):
        run("exporter_dossier", "9")


def test_a_folder_that_does_not_exist_is_said_in_french(dossier, tmp_path):
    with pytest.raises(CommandError, match="Impossible d’écrire"):
        run("rapport", str(dossier.pk), "--document", "audit", "--sortie", str(tmp_path / "rien" / "x.pdf"))


def test_the_export_is_the_canonical_json(dossier):
    answer(dossier, "PER-01", 2)
    assert run("exporter_dossier", str(dossier.pk)) == canonical_json(read(dossier).canonical) + "\n"


def test_the_export_of_a_closed_dossier_is_what_was_frozen(dossier, lea):
    answer_all(dossier, 3)
    workflow.close(Assessment.objects.visible_to(lea).select_related("structure").get(), by=lea)
    closing = Snapshot.objects.get(kind=SnapshotKind.CLOSED)
    assert json.loads(run("exporter_dossier", str(dossier.pk))) == json.loads(closing.content)


def test_recomputing_says_identical(dossier, lea):
    taken = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    assert run("verifier_dossier", str(dossier.pk)) == f"{taken.code} : identique\n"
    assert run("verifier_dossier", taken.code.lower()) == f"{taken.code} : identique\n"


def test_recomputing_says_what_differs_and_fails(dossier, lea):
    answer_all(dossier, 3, but={"PER-01": 1})
    taken = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    with suspended(connection, GUARDS):
        Snapshot.objects.update(content=taken.content.replace('"verdict":"pas prêt"', '"verdict":"prêt"'))
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verifier_dossier", taken.code, stdout=out)
    assert caught.value.returncode == 1
    assert out.getvalue().splitlines() == [
        f"{taken.code} : différent",
        "  L’empreinte enregistrée n’est pas celle du contenu.",
        '  resultat.verdict : "prêt" dans la photographie, "pas prêt" recalculé.',
    ]


def test_nothing_to_recompute_is_said_in_french(dossier):
    with pytest.raises(CommandError, match="n’a encore aucune photographie"):
        run("verifier_dossier", str(dossier.pk))
    with pytest.raises(CommandError, match="Ni dossier ni photographie"):
        run("verifier_dossier", "AAAA-AAAA-AAAA")

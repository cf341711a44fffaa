"""Photographs of a dossier: same state, same photograph; a code nobody can guess; a recomputation that can fail."""

import json
import re

import pytest
from django.db import DatabaseError, transaction

from assessments import snapshots
from assessments.enums import SnapshotKind
from assessments.models import Snapshot
from assessments.reading import canonical_json
from tests.factories import answer, answer_all


def test_the_same_state_is_photographed_once(dossier, lea, karim):
    first = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    assert snapshots.take(dossier, SnapshotKind.DOCUMENT, by=karim) == first
    answer(dossier, "PER-01", 3)
    second = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    assert [first.sha256 == second.sha256, first.code == second.code, Snapshot.objects.count()] == [False, False, 2]


def test_a_step_of_the_workflow_always_takes_its_own(dossier, lea):
    document = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    closing = snapshots.take(dossier, SnapshotKind.CLOSED, by=lea)
    assert (closing.kind, closing.sha256, closing == document) == (SnapshotKind.CLOSED, document.sha256, False)


def test_the_fingerprint_is_that_of_the_text(dossier, lea):
    taken = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    assert taken.sha256 == snapshots.fingerprint(taken.content)
    assert canonical_json(json.loads(taken.content)) == taken.content


def test_a_photograph_does_not_change(dossier, lea):
    taken = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    with pytest.raises(DatabaseError, match="ne change plus"), transaction.atomic():
        Snapshot.objects.filter(pk=taken.pk).update(content="{}")


def test_codes_are_drawn_from_signs_nobody_confuses():
    codes = {snapshots.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"(?:[2-9A-HJKMNP-TW-Z]{4}-){2}[2-9A-HJKMNP-TW-Z]{4}", code) for code in codes)


@pytest.mark.parametrize("typed", ["7K2M-94QX-B3TF", "7k2m94qxb3tf", " 7k2m 94qx b3tf ", "7K2M–94QX–B3TF"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert snapshots.normal_code(typed) == "7K2M-94QX-B3TF"


def test_recomputing_gives_the_same(dossier, lea):
    answer_all(dossier, 3, but={"PER-01": 1, "DEO-01": None})
    assert snapshots.differences(snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)) == []


def test_recomputing_finds_what_was_tampered_with(dossier, lea):
    answer_all(dossier, 3, but={"PER-01": 1})
    taken = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    data = json.loads(taken.content)
    data["resultat"]["verdict"] = "prêt"
    taken.content = canonical_json(data)
    assert snapshots.differences(taken) == [
        "L’empreinte enregistrée n’est pas celle du contenu.",
        'resultat.verdict : "prêt" dans la photographie, "pas prêt" recalculé.',
    ]


def test_a_sentence_reworded_since_changes_nothing(dossier, lea):
    answer_all(dossier, 3, but={"PER-01": 1})
    taken = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=lea)
    data = json.loads(taken.content)
    data["resultat"]["motifs"][0]["phrase"] = "Dit autrement, comme en première version."
    data["resultat"]["chemin"]["laisse"] = []
    taken.content = canonical_json(data)
    taken.sha256 = snapshots.fingerprint(taken.content)
    assert snapshots.differences(taken) == []

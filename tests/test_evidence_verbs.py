"""Filing, attaching, renewing and deleting evidence: rows and files always agree, and a closed dossier never changes."""

import hashlib
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from assessments import evidence
from assessments.enums import Status
from assessments.evidence import Allowance, Description, Target
from assessments.filetypes import examine
from assessments.models import Assessment, Event, Evidence, EvidenceUse
from tests import files
from tests.factories import declare, make_assessment, make_evidence, use_evidence


def upload_of(content: bytes = files.PDF, name: str = "Charte.pdf"):
    return examine(SimpleUploadedFile(name, content))


def stored_files(structure) -> set[str]:
    try:
        return {f"preuves/{structure.pk}/{name}" for name in default_storage.listdir(f"preuves/{structure.pk}")[1]}
    except FileNotFoundError:
        return set()


def file_one(structure, by, content: bytes = files.PDF, **options) -> Evidence:
    return evidence.file_upload(structure, upload_of(content), by=by, described=Description("Charte"), **options)


def target(dossier, code: str = "PER-01", expected: int | None = None) -> Target:
    row = dossier.answers.select_related("criterion").get(criterion__code=code)
    piece = row.criterion.expectedevidences.get(position=expected) if expected else None
    return Target(dossier, answer=row, expected_id=piece and piece.pk)


def close(dossier: Assessment) -> None:
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)


@pytest.fixture(autouse=True)
def empty_shelves(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


# --- Filing -----------------------------------------------------------------------------------


def test_a_file_is_stored_under_a_name_that_tells_nothing(fabrique, lea):
    piece = file_one(fabrique, lea)
    stored = Evidence.objects.get()
    assert stored == piece
    assert (stored.original_name, stored.content_type, stored.size) == ("Charte.pdf", "application/pdf", len(files.PDF))
    assert stored.sha256 == hashlib.sha256(files.PDF).hexdigest()
    assert stored.file.name == f"preuves/{fabrique.pk}/{stored.storage_key}"
    assert len(stored.storage_key) == 64
    assert stored_files(fabrique) == {stored.file.name}
    with stored.file.open() as file:
        assert file.read() == files.PDF


def test_two_files_never_share_a_name(fabrique, lea):
    one, two = file_one(fabrique, lea), file_one(fabrique, lea, files.PDF + b"2")
    assert one.storage_key != two.storage_key
    assert stored_files(fabrique) == {one.file.name, two.file.name}


def test_filing_for_a_criterion_is_two_events(fabrique, dossier, lea):
    piece = file_one(fabrique, lea, target=target(dossier, expected=1))
    use = EvidenceUse.objects.get()
    assert (use.evidence, use.answer.criterion.code, use.expected.label) == (piece, "PER-01", "Statuts")
    verbs = Event.objects.order_by("pk").values_list("verb", "actor", "assessment")
    assert list(verbs) == [("preuve_deposee", lea.pk, None), ("preuve_jointe", lea.pk, dossier.pk)]


def test_the_same_file_is_not_kept_twice(fabrique, dossier, lea):
    first = file_one(fabrique, lea)
    with pytest.raises(evidence.AlreadyKept) as refused:
        file_one(fabrique, lea, target=target(dossier))
    assert refused.value.piece == first
    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (1, 0)
    assert stored_files(fabrique) == {first.file.name}


def test_another_structure_may_keep_the_same_file(fabrique, passeurs, lea, oscar):
    assert file_one(fabrique, lea) != file_one(passeurs, oscar)


def test_the_volume_is_limited_to_the_byte(fabrique, lea):
    size = len(files.PDF)
    file_one(fabrique, lea, allowance=Allowance(bytes=size))
    second = files.PDF.replace(b"1.7", b"1.6")
    with pytest.raises(evidence.TooMuch, match=r"1\u00a0ko sur 1\u00a0ko permis"):
        file_one(fabrique, lea, second, allowance=Allowance(bytes=2 * size - 1))
    assert (Evidence.objects.count(), len(stored_files(fabrique))) == (1, 1)
    file_one(fabrique, lea, second, allowance=Allowance(bytes=2 * size))
    assert Evidence.objects.count() == 2


def test_the_files_of_a_dossier_are_limited(fabrique, dossier, lea):
    two = Allowance(files=2)
    file_one(fabrique, lea, target=target(dossier), allowance=two)
    declare(dossier, "REG-1", evidence=[make_evidence(fabrique)])
    with pytest.raises(evidence.TooMuch, match=r"2\u00a0fichiers sur 2 permis"):
        file_one(fabrique, lea, files.PDF + b"3", target=target(dossier), allowance=two)
    assert Evidence.objects.count() == 2
    assert len(stored_files(fabrique)) == 2


def test_a_file_used_twice_counts_once_and_a_link_not_at_all(fabrique, dossier, lea):
    one = Allowance(files=1)
    piece = file_one(fabrique, lea, target=target(dossier), allowance=one)
    evidence.attach(piece, target(dossier, "DEO-01"), by=lea, allowance=one)
    evidence.attach(make_evidence(fabrique, url="https://exemple.fr/"), target(dossier), by=lea, allowance=one)
    assert EvidenceUse.objects.count() == 3


def test_nothing_is_left_when_the_dossier_is_closed(fabrique, dossier, lea):
    close(dossier)
    with pytest.raises(evidence.DossierFrozen):
        file_one(fabrique, lea, target=target(dossier))
    assert (Evidence.objects.count(), Event.objects.count(), stored_files(fabrique)) == (0, 0, set())


def test_nothing_is_left_when_the_database_refuses(fabrique, lea):
    backwards = Description("Charte", effective_on=date(2027, 1, 2), expires_on=date(2027, 1, 1))
    with pytest.raises(Exception, match="evidence_dates_ordered"), transaction.atomic():
        evidence.file_upload(fabrique, upload_of(), by=lea, described=backwards)
    assert (Evidence.objects.count(), stored_files(fabrique)) == (0, set())


def test_a_link_is_kept_as_it_is(fabrique, dossier, lea):
    piece = evidence.file_link(
        fabrique, "https://exemple.fr/a?b=c#d", by=lea, described=Description("Page"), target=target(dossier)
    )
    assert (piece.url, piece.size, piece.sha256, bool(piece.file)) == ("https://exemple.fr/a?b=c#d", 0, "", False)
    with pytest.raises(evidence.AlreadyKept):
        evidence.file_link(fabrique, "https://exemple.fr/a?b=c#d", by=lea, described=Description("Autre"))


# --- Attaching --------------------------------------------------------------------------------


def test_a_piece_is_reused_across_criteria_and_dossiers(fabrique, edition, dossier, lea):
    piece = make_evidence(fabrique)
    other = make_assessment(fabrique, edition, title="Suivante")
    for place in (target(dossier), target(dossier, "DEO-01"), target(other)):
        evidence.attach(piece, place, by=lea)
    assert EvidenceUse.objects.filter(evidence=piece).count() == 3


def test_attaching_twice_is_attaching_once(fabrique, dossier, lea):
    piece = make_evidence(fabrique)
    evidence.attach(piece, target(dossier), by=lea)
    evidence.attach(piece, target(dossier), by=lea)
    assert (EvidenceUse.objects.count(), Event.objects.count()) == (1, 1)
    evidence.attach(piece, target(dossier, expected=1), by=lea)
    assert EvidenceUse.objects.get().expected.label == "Statuts"


def test_a_piece_of_another_structure_is_not_attached(passeurs, dossier, lea):
    with pytest.raises(evidence.Replaced):
        evidence.attach(make_evidence(passeurs), target(dossier), by=lea)
    assert EvidenceUse.objects.count() == 0


def test_detaching_keeps_the_piece(fabrique, dossier, lea):
    piece = make_evidence(fabrique)
    use = use_evidence(piece, dossier, "PER-01")
    evidence.detach(use, by=lea)
    evidence.detach(use, by=lea)
    assert (EvidenceUse.objects.count(), Evidence.objects.count()) == (0, 1)
    assert Event.objects.get().verb == "preuve_retiree"


def test_a_register_takes_and_gives_back_a_piece(fabrique, dossier, lea):
    piece, declaration = make_evidence(fabrique), declare(dossier, "REG-1")
    evidence.attach(piece, Target(dossier, declaration=declaration), by=lea)
    assert list(declaration.evidence.all()) == [piece]
    evidence.detach_from_register(piece, declaration, by=lea)
    assert list(declaration.evidence.all()) == []
    assert Evidence.objects.count() == 1


def test_the_expected_piece_may_change(fabrique, dossier, lea):
    use = use_evidence(make_evidence(fabrique), dossier, "PER-01", expected=1)
    evidence.expect(use, by=lea, expected_id=None)
    assert EvidenceUse.objects.get().expected is None
    event = Event.objects.get()
    assert (event.verb, event.before["attendue"], event.after["attendue"]) == (
        "preuve_qualifiee",
        use.expected_id,
        None,
    )


@pytest.mark.parametrize("verb", ["attach", "detach", "expect", "register"])
def test_a_closed_dossier_does_not_change(fabrique, dossier, lea, verb):
    piece = make_evidence(fabrique)
    use = use_evidence(piece, dossier, "PER-01", expected=1)
    declaration = declare(dossier, "REG-1", evidence=[piece])
    close(dossier)
    with pytest.raises(evidence.DossierFrozen):
        if verb == "attach":
            evidence.attach(piece, target(dossier, "DEO-01"), by=lea)
        elif verb == "detach":
            evidence.detach(use, by=lea)
        elif verb == "expect":
            evidence.expect(use, by=lea, expected_id=None)
        else:
            evidence.detach_from_register(piece, declaration, by=lea)
    assert (EvidenceUse.objects.get().expected.label, declaration.evidence.count()) == ("Statuts", 1)


# --- Renewing, correcting, deleting -----------------------------------------------------------


def test_a_new_version_takes_the_place_of_the_old_one(fabrique, edition, dossier, lea):
    old = make_evidence(fabrique, "Registre 2025")
    use_evidence(old, dossier, "PER-01", expected=2)
    declaration = declare(dossier, "REG-1", evidence=[old])
    closed = make_assessment(fabrique, edition, title="Ancien")
    use_evidence(old, closed, "PER-01")
    kept = declare(closed, "REG-1", evidence=[old])
    close(closed)
    new = evidence.replace(old, by=lea, upload=upload_of(), described=Description("Registre 2026"))
    assert new.replaces == old
    uses = EvidenceUse.objects.order_by("answer__assessment").values_list(
        "evidence", "answer__assessment", "expected__position"
    )
    assert list(uses) == [(new.pk, dossier.pk, 2), (old.pk, closed.pk, None)]
    assert (list(declaration.evidence.all()), list(kept.evidence.all())) == ([new], [old])
    assert list(Evidence.objects.current()) == [new]


def test_a_replaced_piece_is_neither_replaced_nor_reused_again(fabrique, dossier, lea):
    old = make_evidence(fabrique)
    evidence.replace(old, by=lea, upload=upload_of(), described=Description("Nouvelle"))
    with pytest.raises(evidence.Replaced):
        evidence.replace(old, by=lea, upload=upload_of(files.PDF + b"x"), described=Description("Encore"))
    with pytest.raises(evidence.Replaced):
        evidence.attach(old, target(dossier), by=lea)
    assert len(stored_files(fabrique)) == 2


def test_a_file_becomes_a_link(fabrique, lea):
    old = make_evidence(fabrique)
    new = evidence.replace(old, by=lea, url="https://exemple.fr/", described=Description("En ligne"))
    assert (new.url, new.replaces) == ("https://exemple.fr/", old)


def test_the_same_file_is_not_a_new_version(fabrique, lea):
    old = file_one(fabrique, lea)
    with pytest.raises(evidence.AlreadyKept):
        evidence.replace(old, by=lea, upload=upload_of(), described=Description("Charte"))
    assert stored_files(fabrique) == {old.file.name}


def test_describing_says_before_and_after(fabrique, lea):
    piece = make_evidence(fabrique, "Charte", effective_on=date(2026, 1, 1))
    evidence.describe(piece, by=lea, described=Description("Charte signée", date(2026, 2, 1), date(2027, 2, 1)))
    stored = Evidence.objects.get()
    assert (stored.label, stored.effective_on, stored.expires_on) == (
        "Charte signée",
        date(2026, 2, 1),
        date(2027, 2, 1),
    )
    event = Event.objects.get()
    assert event.before == {
        "preuve": piece.pk,
        "libelle": "Charte",
        "date_effet": "2026-01-01",
        "date_expiration": None,
    }
    assert event.after["libelle"] == "Charte signée"


def test_describing_the_same_is_no_event(fabrique, lea):
    piece = make_evidence(fabrique, "Charte")
    evidence.describe(piece, by=lea, described=Description("Charte"))
    assert Event.objects.count() == 0


def test_deleting_removes_the_file_once_agreed(fabrique, dossier, lea, django_capture_on_commit_callbacks):
    piece = file_one(fabrique, lea, target=target(dossier))
    with django_capture_on_commit_callbacks(execute=False) as agreed:
        evidence.delete(piece, by=lea)
    assert stored_files(fabrique) == {piece.file.name}
    for callback in agreed:
        callback()
    assert (stored_files(fabrique), Evidence.objects.count(), EvidenceUse.objects.count()) == (set(), 0, 0)
    assert Event.objects.first().before == {"preuve": piece.pk, "libelle": "Charte", "sha256": piece.sha256}


@pytest.mark.parametrize("through", ["answer", "register"])
def test_what_supports_a_closed_dossier_stays(fabrique, edition, dossier, lea, through):
    piece = make_evidence(fabrique, "Charte")
    use_evidence(piece, dossier, "PER-01")
    closed = make_assessment(fabrique, edition, title="Ancien")
    if through == "answer":
        use_evidence(piece, closed, "DEO-01")
    else:
        declare(closed, "REG-1", evidence=[piece])
    assert not evidence.frozen(piece)
    close(closed)
    assert evidence.frozen(piece)
    with pytest.raises(evidence.PieceFrozen):
        evidence.delete(piece, by=lea)
    with pytest.raises(evidence.PieceFrozen):
        evidence.describe(piece, by=lea, described=Description("Autre"))
    assert Evidence.objects.get().label == "Charte"


@pytest.mark.parametrize(
    ("octets", "said"),
    [(1, "1 ko"), (1024, "1 ko"), (1025, "2 ko"), (1_572_864, "1,5 Mo"), (2_147_483_648, "2 Go"), (0, "0 ko")],
)
def test_sizes_are_said_in_french(octets, said):
    assert evidence.size_text(octets) == said.replace(" ", "\u00a0")

"""A newer edition on screen: announced, read beside today’s, previewed, applied, undone; and dossiers that do not move."""

from datetime import date

import pytest
from django.urls import reverse

from assessments import answers, moving
from assessments.enums import Status
from assessments.models import Answer, Assessment, Move, Share
from assessments.reading import canonical_json, read
from assessments.reports import press
from certif.pdf import render_pdf
from tests.editions import make_next, next_edition
from tests.factories import (
    answer,
    answer_all,
    declare,
    make_assessment,
    make_evidence,
    make_structure,
    say,
    use_evidence,
)
from tests.people import client_of
from tests.reports import ON, make_source, text_of

pytestmark = pytest.mark.slow

NBSP, NNBSP = "\u00a0", "\u202f"


@pytest.fixture
def answered(dossier, karim):
    answer_all(dossier, 3, by=karim)
    return dossier


@pytest.fixture
def target(edition):
    return next_edition(edition, "ESSAI-SUITE")


@pytest.fixture
def moved(answered, target, lea) -> Assessment:
    piece = make_evidence(answered.structure, "Statuts", effective_on=date(2026, 2, 1))
    use_evidence(piece, answered, "PER-01", expected=1)
    use_evidence(piece, answered, "PER-02")
    declare(answered, "REG-1", services=answered.services.all(), evidence=[piece])
    say(answered.answers.get(criterion__code="PER-02"), "Entre nous.", by=lea)
    apply(lea, answered, target)
    return Assessment.objects.select_related("structure", "edition").get(pk=answered.pk)


@pytest.fixture
def shared(answered, reseau):
    return Share.objects.create(assessment=answered, network=reseau)


def get(user, name: str, dossier, *more, query: str = ""):
    return client_of(user).get(reverse(name, args=[dossier.pk, *more]) + query)


def page(user, name: str, dossier, *more, query: str = "") -> str:
    return get(user, name, dossier, *more, query=query).content.decode()


def apply(user, dossier, target, **options):
    return client_of(user).post(reverse("edition_apply", args=[dossier.pk]), {"edition": target.pk}, **options)


def undo(user, dossier, move, **options):
    return client_of(user).post(reverse("edition_undo", args=[dossier.pk]), {"passage": move.pk}, **options)


def text(dossier) -> str:
    return canonical_json(
        read(Assessment.objects.select_related("structure", "edition").get(pk=dossier.pk), on=ON).canonical
    )


# --- The announcement -------------------------------------------------------------------------


def test_the_dashboard_announces_a_newer_edition_to_everyone(answered, target, shared, lea, lise, adele):
    for person in (lea, lise, adele):
        assert get(person, "dashboard", answered).context["newer"] == target
        assert "Voir ce qui change pour vous" in page(person, "dashboard", answered)


def test_nothing_is_announced_to_a_closed_dossier_or_without_a_newer_edition(answered, edition, lea):
    assert get(lea, "dashboard", answered).context["newer"] is None
    next_edition(edition)
    Assessment.objects.filter(pk=answered.pk).update(status=Status.CLOSED)
    assert get(lea, "dashboard", answered).context["newer"] is None


def test_a_newcomer_is_told_too(dossier, target, lea):
    assert "Une nouvelle édition" in page(lea, "dashboard", dossier)


# --- What changes, and the preview ------------------------------------------------------------


def test_two_readings_stand_side_by_side_and_are_not_mixed(answered, edition, target, lise):
    response = get(lise, "edition_change", answered)

    today, after = response.context["sides"]
    assert (today["content"].code, str(today["result"].maturity.total)) == (edition.code, "3/4")
    assert (after["content"].code, str(after["result"].maturity.total)) == ("ESSAI-SUITE", "3/4")
    assert (today["result"].progress.total, after["result"].progress.total) == (7, 7)
    assert [(str(kind), number) for kind, number, _ in response.context["counts"]] == [
        ("conservee", 6), ("a_reconfirmer", 1), ("fusionnee", 0), ("nouvelle", 1), ("historique", 1),
    ]  # fmt: skip
    assert [(each.criterion.code, str(each.fate), each.changes) for each in response.context["concerned"]] == [
        ("DEO-02", "identique", []), ("DEO-09", "nouveau", []), ("QUA-01", "reformule", ["titre", "énoncé", "niveaux"]),
    ]  # fmt: skip
    assert "elles ne se soustraient pas" in response.content.decode()


def test_reading_announces_and_changes_nothing(answered, target, lea):
    before = text(answered)
    for name in ("edition_change", "edition_preview", "edition_undo", "edition_history"):
        assert get(lea, name, answered).status_code == 200
    assert text(answered) == before
    assert not Move.objects.exists()


def test_a_passage_not_read_to_its_end_is_announced_without_a_preview(answered, lea):
    make_next("ESSAI-SUITE")
    assert "en cours de relecture" in page(lea, "edition_change", answered)
    assert get(lea, "edition_preview", answered).url == reverse("edition_change", args=[answered.pk])


def test_the_latest_edition_has_nothing_to_announce(answered, lea):
    assert "Votre dossier est dans la dernière édition" in page(lea, "edition_change", answered)


def test_the_preview_is_filtered_by_fate(answered, target, lea):
    codes = [
        each.criterion.code
        for each in get(lea, "edition_preview", answered, query="?filtre=a_reconfirmer").context["arrivals"]
    ]
    assert codes == ["QUA-01"]
    response = get(lea, "edition_preview", answered, query="?filtre=historique")
    assert (
        response.context["arrivals"],
        [each.criterion.code for each in response.context["left"]],
    ) == ([], ["PER-02"])
    assert len(get(lea, "edition_preview", answered, query="?filtre=²").context["arrivals"]) == 8


def test_only_an_owner_is_offered_the_button(answered, target, shared, lea, karim, lise, adele):
    button = f'action="{reverse("edition_apply", args=[answered.pk])}"'
    found = {person.name: button in page(person, "edition_preview", answered) for person in (lea, karim, lise, adele)}
    assert found == {"Léa Martin": True, "Karim Benali": False, "Lise Petit": False, "Adèle Roche": False}


# --- Applying and undoing ---------------------------------------------------------------------


def test_an_owner_moves_the_dossier_and_sees_what_to_confirm(answered, target, lea):
    response = apply(lea, answered, target, follow=True)

    answered.refresh_from_db()
    assert answered.edition == target
    assert "Votre dossier est passé à" in response.content.decode()
    assert f"1{NBSP}réponse est à reconfirmer" in response.content.decode()
    assert [
        line.criterion.code for line in get(lea, "grid", answered, query="?filtre=a-reconfirmer").context["grid"].shown
    ] == ["QUA-01"]


def test_others_may_not(answered, target, shared, karim, lise, adele, oscar):
    for person in (karim, lise, adele):
        assert apply(person, answered, target).status_code == 403
    assert apply(oscar, answered, target).status_code == 404
    assert client_of().post(reverse("edition_apply", args=[answered.pk])).url.startswith(reverse("account_login"))
    assert client_of(karim).get(reverse("edition_apply", args=[answered.pk])).status_code == 405
    assert not Move.objects.exists()


def test_an_edition_that_is_not_offered_is_refused_in_french(answered, target, lea):
    other = make_next(sealed_on=date(2020, 1, 1))
    response = apply(lea, answered, other)
    assert response.status_code == 409
    assert "n’est pas proposée à ce dossier" in response.content.decode()


def test_a_closed_dossier_refuses(answered, target, lea):
    Assessment.objects.filter(pk=answered.pk).update(status=Status.CLOSED)
    assert apply(lea, answered, target).status_code == 409
    assert "il reste dans son édition" in page(lea, "edition_change", answered)


def test_an_owner_undoes_on_screen(answered, target, lea):
    before = text(answered)
    apply(lea, answered, target)
    assert "Ce que cela fait" in page(lea, "edition_undo", answered)

    response = undo(lea, answered, Move.objects.get(), follow=True)

    assert "comme avant" in response.content.decode()
    assert text(answered) == before


def test_undoing_says_what_would_be_lost(moved, karim, lea):
    row = Answer.objects.current().select_related("assessment").get(assessment=moved, criterion__code="DEO-09")
    answers.save_answer(row, by=karim, based_on=0, level=2, justification="Mensuelle.")
    assert "Annuler ferait perdre du travail" in page(lea, "edition_undo", moved)

    response = undo(lea, moved, Move.objects.get())

    assert response.status_code == 409
    assert f"DEO-09{NBSP}: réponse enregistrée par Karim Benali" in response.content.decode()
    assert Move.objects.standing().count() == 1


def test_a_move_of_another_dossier_is_not_undone(moved, edition, lea, oscar, passeurs):
    other = make_assessment(passeurs, edition)
    assert undo(oscar, other, Move.objects.get()).status_code == 409
    assert Move.objects.standing().count() == 1


# --- A moved dossier, screen by screen --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "more"),
    [(name, ()) for name in (
        "dashboard", "grid", "registers", "evidence_list", "roadmap", "roadmap_board", "roadmap_gantt", "synthesis", "documents",
        "scope", "close", "edition_change", "edition_history", "edition_undo", "action_create", "evidence_add",
    )] + [
        ("criterion", ("QUA-01",)), ("answer_history", ("QUA-01",)), ("register_detail", ("REG-1",)), ("why", ("QUA-01",)),
    ],
)  # fmt: skip
def test_every_screen_of_a_moved_dossier_reads_its_new_edition(moved, lea, name, more):
    response = get(lea, name, moved, *more)
    assert response.status_code == 200
    if name not in ("edition_history", "edition_undo", "edition_change"):
        assert "PER-02" not in response.content.decode()


def test_what_was_dropped_is_not_found_any_more_but_in_the_history(moved, lea, reseau, adele):
    Share.objects.create(assessment=moved, network=reseau)
    assert get(lea, "criterion", moved, "PER-02").status_code == 404
    told = page(lea, "edition_history", moved)
    assert "1 réponse sans suite".replace(" ", NBSP, 1) in told
    assert ("Ce qui fait dire le niveau 3." in told, "Entre nous." in told, "Statuts" in told) == (True, True, True)
    assert (
        "PER-02" in page(adele, "edition_history", moved),
        "Entre nous." in page(adele, "edition_history", moved),
    ) == (True, False)


def test_a_piece_counts_once_and_leads_to_the_new_edition(moved, lea):
    piece = moved.structure.evidence.get()
    response = client_of(lea).get(reverse("evidence_detail", args=[piece.pk]))
    assert [use["criterion"].code for use in response.context["uses"]] == ["PER-01"]
    assert len(response.context["declarations"]) == 1


def test_a_moved_dossier_is_read_and_saved_in_as_many_queries(moved, karim, django_assert_num_queries):
    client = client_of(karim)
    client.get(reverse("criterion", args=[moved.pk, "QUA-01"]))
    with django_assert_num_queries(6):
        client.get(reverse("criterion", args=[moved.pk, "QUA-01"]))
    row = Answer.objects.current().get(assessment=moved, criterion__code="QUA-01")
    body = {
        "version": row.version,
        "niveau": "2",
        "justification": "Un texte.",
        "edition": moved.edition_id,
        "auteur": karim.pk,
    }
    with django_assert_num_queries(8):
        response = client.post(reverse("criterion", args=[moved.pk, "QUA-01"]), body, headers={"HX-Request": "true"})
    assert response.status_code == 200
    row.refresh_from_db()
    assert (row.level, row.to_confirm) == (2, False)


def test_confirming_needs_one_button(moved, lea):
    row = Answer.objects.current().get(assessment=moved, criterion__code="QUA-01")
    assert "Confirmer telle quelle" in page(lea, "criterion", moved, "QUA-01")
    body = {"version": row.version, "niveau": row.level, "justification": row.justification, "confirmer": "1"}

    client_of(lea).post(reverse("criterion", args=[moved.pk, "QUA-01"]), body)

    assert "Confirmer telle quelle" not in page(lea, "criterion", moved, "QUA-01")


def test_a_page_left_open_before_the_move_is_a_conflict(moved, edition, karim):
    body = {"version": 0, "niveau": "4", "justification": "Écrit avant.", "edition": edition.pk}
    response = client_of(karim).post(reverse("criterion", args=[moved.pk, "DEO-09"]), body)
    assert response.status_code == 409
    assert "Écrit avant." in response.content.decode()
    assert Answer.objects.current().get(assessment=moved, criterion__code="DEO-09").version == 0


def test_a_photograph_is_printed_in_the_edition_it_was_taken_in(moved, edition, target):
    move = Move.objects.get()
    assert [press.source_of(photo).content.code for photo in (move.before, move.after)] == [edition.code, target.code]


# --- Dossiers that do not move ----------------------------------------------------------------


def printed(dossier) -> str:
    return text_of(render_pdf(press.document_html(make_source(dossier), "audit"), made_at=None))


def test_publishing_an_edition_changes_no_open_dossier(edition, ines):
    structures = [make_structure() for _ in range(5)]
    dossiers = [make_assessment(structures[number % 5], edition, title=f"Dossier {number}") for number in range(50)]
    for number, dossier in enumerate(dossiers):
        answer(dossier, "PER-01", number % 5, justification=f"Texte {number}.")
        answer(dossier, "QUA-01", (number + 2) % 5)
    before = [text(dossier) for dossier in dossiers]
    pdf = printed(dossiers[7])

    next_edition(edition)

    assert [text(dossier) for dossier in dossiers] == before
    assert printed(dossiers[7]) == pdf
    assert {dossier.edition_id for dossier in Assessment.objects.order_by("pk")} == {edition.pk}
    assert moving.Move.objects.count() == 0

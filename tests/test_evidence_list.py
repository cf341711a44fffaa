"""The library: how long each piece stands, what it supports, what is missing; filters, search, pages."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from assessments.library import State, horizon, validity
from assessments.models import Assessment, Evidence, Share
from certif.dates import today
from referentiel.content import ExpectedEvidenceContent
from tests.factories import answer, declare, make_assessment, make_evidence, use_evidence
from tests.people import client_of

ON, UNTIL = date(2026, 11, 21), date(2027, 3, 16)


def expected(months: int | None) -> ExpectedEvidenceContent:
    return ExpectedEvidenceContent(1, "clé", "Pièce", "document", True, months)


def stands(effective=None, expires=None, *wanted):
    found = validity(Evidence(effective_on=effective, expires_on=expires), wanted, on=ON, horizon=UNTIL)
    return found.state, found.sentence.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("effective", "expires", "wanted", "state", "sentence"),
    [
        (None, None, (), State.VALID, "Sans limite de validité"),
        (date(2020, 1, 1), None, (None,), State.VALID, "Sans limite de validité"),
        (None, None, (expected(12),), State.UNDATED, "Sans date, indiquez-la"),
        (None, None, (expected(None),), State.VALID, "Sans limite de validité"),
        (date(2026, 10, 3), None, (expected(12),), State.VALID, "Valable jusqu’au 3 octobre 2027"),
        (date(2026, 10, 3), None, (expected(12), expected(2)), State.SOON, "Expire le 3 décembre 2026"),
        (date(2025, 11, 21), None, (expected(12),), State.SOON, "Expire le 21 novembre 2026"),
        (date(2025, 11, 20), None, (expected(12),), State.EXPIRED, "Périmée depuis le 21 novembre 2026"),
        (None, UNTIL, (), State.VALID, "Valable jusqu’au 16 mars 2027"),
        (None, UNTIL - timedelta(days=1), (), State.SOON, "Expire le 15 mars 2027"),
        (ON + timedelta(days=1), None, (), State.FUTURE, "Prend effet le 22 novembre 2026"),
        (ON, None, (), State.VALID, "Sans limite de validité"),
    ],
)
def test_how_a_piece_stands(effective, expires, wanted, state, sentence):
    assert stands(effective, expires, *wanted) == (state, sentence)


@pytest.mark.parametrize(
    ("audit", "until"), [(None, date(2027, 2, 21)), (date(2026, 11, 20), date(2027, 2, 21)), (ON, ON), (UNTIL, UNTIL)]
)
def test_what_is_to_be_renewed(audit, until):
    assert horizon(Assessment(audit_on=audit), ON) == until


# --- The screen -------------------------------------------------------------------------------


@pytest.fixture
def shelf(fabrique, dossier):
    day = today()
    pieces = {
        "fresh": make_evidence(fabrique, "Planning de nuit", effective_on=day),
        "soon": make_evidence(fabrique, "Charte", expires_on=day + timedelta(days=10)),
        "old": make_evidence(fabrique, "Registre du personnel", expires_on=day - timedelta(days=10)),
        "alone": make_evidence(fabrique, "Page perdue", url="https://exemple.fr/"),
    }
    for name in ("fresh", "soon", "old"):
        use_evidence(pieces[name], dossier, "PER-01")
    return pieces


def labels(response) -> list[str]:
    return [line.piece.label for line in response.context["page"].object_list]


def get(user, dossier, **query):
    return client_of(user).get(reverse("evidence_list", args=[dossier.pk], query=query))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({}, ["Page perdue", "Registre du personnel", "Charte", "Planning de nuit"]),
        ({"etat": "a-renouveler"}, ["Charte"]),
        ({"etat": "perimees"}, ["Registre du personnel"]),
        ({"etat": "inutilisees"}, ["Page perdue"]),
        ({"etat": "inconnu"}, ["Page perdue", "Registre du personnel", "Charte", "Planning de nuit"]),
        ({"q": "NUIT planning"}, ["Planning de nuit"]),
        ({"q": "exemple.fr"}, ["Page perdue"]),
        ({"q": "per-01", "etat": "perimees"}, ["Registre du personnel"]),
        ({"q": "rien de tel"}, []),
    ],
)
def test_filters_and_search(lea, dossier, shelf, query, kept):
    assert labels(get(lea, dossier, **query)) == kept


def test_counts_beside_the_filters(lea, dossier, shelf):
    counts = {name: count for name, _label, count in get(lea, dossier).context["filters"]}
    assert counts == {"a-renouveler": 1, "perimees": 1, "inutilisees": 1, "manquantes": 3}


def test_what_is_missing_comes_with_what_holds_the_verdict_first(lea, dossier, fabrique):
    answer(dossier, "QUA-01", 3, by=lea)
    use_evidence(make_evidence(fabrique, expires_on=today() - timedelta(days=1)), dossier, "DEO-01", expected=1)
    missing = get(lea, dossier, etat="manquantes").context["page"].object_list
    assert [(each.criterion.code, each.expired, each.reserve) for each in missing] == [
        ("QUA-01", False, True),
        ("PER-01", False, False),
        ("DEO-01", True, False),
    ]


def test_a_piece_of_another_dossier_is_used_elsewhere(lea, dossier, fabrique, edition):
    piece = make_evidence(fabrique)
    other = make_assessment(fabrique, edition, title="Ancien")
    use_evidence(piece, other, "PER-01")
    declare(other, "REG-1", evidence=[piece])
    (line,) = get(lea, dossier).context["page"].object_list
    assert (line.used, line.used_here, line.elsewhere) == (True, False, 1)


def test_replaced_versions_are_left_out(lea, dossier, fabrique):
    make_evidence(fabrique, "Nouvelle", replaces=make_evidence(fabrique, "Ancienne"))
    assert labels(get(lea, dossier)) == ["Nouvelle"]


def test_thirty_pieces_cost_what_one_costs(
    lea, dossier, fabrique, django_assert_max_num_queries, django_assert_num_queries
):
    use_evidence(make_evidence(fabrique), dossier, "PER-01")
    client = client_of(lea)
    address = reverse("evidence_list", args=[dossier.pk])
    client.get(address)
    with django_assert_max_num_queries(40) as few:
        client.get(address)
    for _ in range(29):
        use_evidence(make_evidence(fabrique), dossier, "DEO-01")
    with django_assert_num_queries(len(few)):
        client.get(address)


def test_fifty_a_page(lea, dossier, fabrique):
    for _ in range(51):
        make_evidence(fabrique, url="https://exemple.fr/")
    assert [len(labels(get(lea, dossier, page=page))) for page in ("1", "2", "99", "x")] == [50, 1, 1, 50]


def test_an_advisor_sees_only_what_supports_the_dossier(adele, reseau, dossier, shelf, fabrique, edition):
    Share.objects.create(assessment=dossier, network=reseau)
    use_evidence(shelf["fresh"], make_assessment(fabrique, edition, title="Non partagé"), "PER-01")
    response = get(adele, dossier)
    assert {line.elsewhere for line in response.context["page"].object_list} == {0}
    assert labels(response) == ["Registre du personnel", "Charte", "Planning de nuit"]
    assert "Déposer un fichier" not in response.content.decode()


def test_a_share_without_files_names_the_pieces_and_opens_none(adele, reseau, dossier, shelf):
    Share.objects.create(assessment=dossier, network=reseau, with_files=False)
    shown = get(adele, dossier).content.decode()
    assert ("Planning de nuit" in shown, f"/preuves/{shelf['fresh'].pk}/" in shown) == (True, False)


def test_a_reader_reads_and_a_stranger_finds_nothing(lise, oscar, dossier, shelf):
    assert [get(lise, dossier).status_code, get(oscar, dossier).status_code] == [200, 404]
    assert "Déposer un fichier" not in get(lise, dossier).content.decode()
    assert get(None, dossier).url.startswith("/connexion/")


def test_the_library_of_another_structure_is_never_in_the_list(lea, dossier, passeurs):
    make_evidence(passeurs, "Secret")
    assert labels(get(lea, dossier)) == []

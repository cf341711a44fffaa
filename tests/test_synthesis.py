"""The synthesis: reasons that lead somewhere, both readings, and every figure explained."""

from fractions import Fraction

import pytest

from assessments import explanations
from assessments.models import Assessment, Share
from assessments.reading import read
from assessments.scoring import Finding, explain_maturity
from assessments.synthesis import (
    chapter_rows,
    finding_groups,
    heatmap,
    network_readings,
    reason_lines,
    total_row,
    weakest,
)
from tests import factories as f

pytestmark = pytest.mark.django_db


def url(dossier) -> str:
    return f"/dossiers/{dossier.pk}/synthese/"


@pytest.fixture
def gaps(dossier, lea):
    f.answer_all(dossier, 3, but={"PER-01": 0, "DEO-02": 1, "QUA-01": None}, by=lea)
    return dossier


def test_every_reason_leads_to_its_remedy(client, gaps, lea):
    client.force_login(lea)
    page = client.get(url(gaps)).content.decode()
    for line in reason_lines(read(gaps)):
        codes = [each.criterion.code for each in line.cited] or [each.first for each in line.by_chapter]
        assert codes, line.reason.code
        for code in codes:
            assert f'href="/dossiers/{gaps.pk}/criteres/{code}/"' in page


def test_reasons_come_worst_first_with_what_the_level_says(gaps):
    first = reason_lines(read(gaps))[0]
    assert (first.is_blocking, [(each.criterion.code, each.level, each.descriptor) for each in first.cited]) == (
        True,
        [("PER-01", 0, "Entité juridique employeuse au niveau 0.")],
    )


def test_the_table_says_the_figures_of_the_score_and_no_other(gaps):
    reading = read(gaps)
    rows = {row.code: (row.tally, row.maturity) for row in chapter_rows(reading)}
    result = reading.result
    assert rows == {
        code: (result.chapter_progress[code], result.maturity.chapters[code]) for code in ("PER", "DEO", "QUA")
    }
    assert (total_row(reading).maturity, [row.code for row in weakest(chapter_rows(reading))]) == (
        result.maturity.total,
        ["PER", "DEO"],
    )


def test_the_network_s_reading_stands_beside_with_its_gap(gaps, adele, reseau):
    for code, level in (("DEO-01", 1), ("PER-08", 3)):
        f.opine(gaps.answers.get(criterion__code=code), reseau, adele, level)
    [second] = network_readings(read(gaps))
    assert (second.network, second.read) == ("Réseau des médiateurs", 2)
    assert [
        (each.criterion.code, each.mine, each.mine_finding, each.theirs, each.theirs_finding) for each in second.differences
    ] == [("DEO-01", 3, Finding.CONFORMING, 1, Finding.MAJOR)]
    row = next(row for row in second.rows if row.code == "DEO")
    assert (row.maturity, row.advisor, row.gap_text) == (Fraction(11, 20), Fraction(5, 20), "−30")
    assert [(pair.label, pair.mine, pair.theirs) for pair in second.findings] == [
        ("Non-conformités majeures", 0, 1),
        ("Conformes", 2, 1),
    ]


def test_two_networks_stand_each_under_its_name(client, gaps, lea, adele, reseau):
    other = f.make_network("Alliance du Sud")
    row = gaps.answers.get(criterion__code="DEO-01")
    f.opine(row, reseau, adele, 1)
    f.opine(row, other, lea, 4)
    readings = network_readings(read(gaps))
    assert [(each.network, each.differences[0].theirs, each.total.gap) for each in readings] == [
        ("Alliance du Sud", 4, readings[0].total.gap),
        ("Réseau des médiateurs", 1, readings[1].total.gap),
    ]
    assert readings[0].total.gap > 0 > readings[1].total.gap
    client.force_login(lea)
    page = client.get(url(gaps)).content.decode()
    assert ("Vous et Alliance du Sud" in page, "Vous et Réseau des médiateurs" in page) == (True, True)


def test_an_advisor_compares_with_what_their_network_is_writing(client, gaps, lea, adele, reseau):
    other = f.make_network("Alliance du Sud")
    row = gaps.answers.get(criterion__code="DEO-01")
    f.opine(row, reseau, adele, 1, "Pas encore dit.", shown=False)
    f.opine(row, other, lea, 0, "D’un autre réseau.", shown=False)
    Share.objects.create(assessment=gaps, network=reseau)
    Assessment.objects.filter(pk=gaps.pk).update(status="transmise")

    client.force_login(adele)
    response = client.get(url(gaps))
    [second] = response.context["seconds"]
    assert (second.network, second.differences[0].theirs) == ("Réseau des médiateurs", 1)
    page = response.content.decode()
    assert ("Vos niveaux, pas encore communiqués." in page, "La structure et Réseau des médiateurs" in page) == (True, True)

    client.force_login(lea)
    assert client.get(url(gaps)).context["seconds"] == ()


def test_without_an_advisor_there_is_no_second_column(client, gaps, lea):
    client.force_login(lea)
    page = client.get(url(gaps)).content.decode()
    assert (network_readings(read(gaps)), "Réseau</th>" in page) == ((), False)


def test_the_heatmap_has_every_criterion_in_its_place(gaps):
    chart = heatmap(read(gaps))
    assert chart.columns == ("01", "02", "03")
    assert [[cell.mark for cell in row.cells] for row in chart.rows] == [[0, 3, 3], [3, 1, None], ["x", 3]]
    assert [[cell.criterion.code for cell in row.cells if cell.is_major] for row in chart.rows] == [["PER-01"], [], []]
    assert ([row.blanks for row in chart.rows], chart.has_out_of_scope) == ([0, 0, 1], True)


def test_findings_are_grouped_worst_first(gaps):
    assert [(group.label, len(group.cited)) for group in finding_groups(read(gaps))] == [
        ("Non-conformités majeures", 1),
        ("Non-conformités mineures", 1),
        ("Conformes", 4),
    ]


# --- Why --------------------------------------------------------------------------------------


def test_every_figure_of_the_page_is_explained(client, gaps, lea):
    client.force_login(lea)
    page = client.get(url(gaps)).content.decode()
    keys = [item.key for item in explanations.explanations(read(gaps))]
    assert keys == ["maturite", "chapitres", "remplissage", "registres", "verdict", "constats", "chemin"]
    assert all(f'id="pourquoi-{key}"' in page for key in keys)


def test_the_arithmetic_is_the_one_of_the_score(gaps):
    reading = read(gaps)
    sums = explain_maturity(reading.dossier.criteria, reading.dossier.rules)
    item = explanations.maturity(reading)
    assert item.total == ("Total", str(sums.rated), str(sums.points), str(sums.maximum))
    assert sum(int(row[2]) for row in item.rows) == sums.points
    assert item.arithmetic.startswith(f"{sums.points} ÷ {sums.maximum}")


@pytest.mark.parametrize(
    ("numerator", "denominator", "sentence"),
    [
        (449, 720, "449 ÷ 720 ≈ 0,6236, soit 62\u202f%."),
        (64, 96, "64 ÷ 96 = 2/3 ≈ 0,6667, soit 67\u202f%."),
        (8, 16, "8 ÷ 16 = 1/2 = 0,5, soit 50\u202f%."),
        (0, 12, "0 ÷ 12 = 0, soit 0\u202f%."),
        (12, 12, "12 ÷ 12 = 1, soit 100\u202f%."),
        (1, 1000, "1 ÷ 1000 = 0,001, soit 1\u202f%."),
    ],
)
def test_a_division_is_told_exactly_and_as_a_decimal(numerator, denominator, sentence):
    assert explanations.division(numerator, denominator) == sentence


def test_an_empty_dossier_is_explained_too(client, dossier, lea):
    client.force_login(lea)
    page = client.get(url(dossier)).content.decode()
    assert "Pourquoi pas encore de maturité" in page
    assert explanations.maturity(read(dossier)).arithmetic == "Aucun critère coté\u00a0: sans objet."


def test_the_rules_are_named_with_edition_fingerprint_and_day(gaps):
    reading = read(gaps)
    said = explanations.source(reading)
    mark = reading.content.fingerprint
    assert f"empreinte {mark[:4]} {mark[4:8]} {mark[8:12]}" in said
    assert (reading.content.code in said, "pas par l’organisme certificateur" in said) == (True, True)


@pytest.mark.parametrize("code", ["PER-01", "QUA-01", "DEO-03", "PER"])
def test_why_opens_for_a_criterion_and_a_chapter(client, gaps, lea, code):
    client.force_login(lea)
    response = client.get(f"/dossiers/{gaps.pk}/pourquoi/{code}/")
    assert (response.status_code, code in response.content.decode()) == (200, True)


def test_why_of_a_criterion_says_what_it_brings_and_what_it_weighs(gaps):
    reading = read(gaps)
    brings, finding, evidence = explanations.criterion(reading, "PER-01")
    assert brings.rows == (("3", "0 sur 4", "0", "12"),)
    assert [row for row in finding.rows if row[2]] == [("0 Non couvert", "non-conformité majeure", "votre niveau")]
    assert evidence.rows == (("Statuts", "oui", "0", "manque"), ("Registre du personnel", "non", "0", "facultative"))
    assert len(explanations.weighs_on(reading, "PER-01")) == 1


@pytest.mark.parametrize("code", ["XXX-99", "PER-99", "ZZZ"])
def test_why_of_nothing_is_not_found(client, gaps, lea, code):
    client.force_login(lea)
    assert client.get(f"/dossiers/{gaps.pk}/pourquoi/{code}/").status_code == 404


def test_a_reader_sees_everything_and_can_plan_nothing(client, gaps, lise):
    client.force_login(lise)
    page = client.get(url(gaps)).content.decode().partition("<main")[2]
    assert ("Pourquoi ce score" in page, "<form" in page) == (True, False)


@pytest.mark.parametrize(
    ("rated", "said"),
    [
        (1, ("Pourquoi 1 critère sur 7", "sur 1 critère coté")),
        (2, ("Pourquoi 2 critères sur 7", "sur 2 critères cotés")),
    ],
)
def test_figures_agree_in_number(client, dossier, lea, rated, said):
    for code in ("PER-01", "PER-02")[:rated]:
        f.answer(dossier, code, 2, by=lea)
    client.force_login(lea)
    page = client.get(url(dossier)).content.decode().replace("\u00a0", " ")
    assert [sentence in page for sentence in said] == [True, True]

"""The three views of the roadmap, and what the norm proposes."""

from datetime import date, timedelta

import pytest

from assessments.gantt import gantt
from assessments.models import Action, Assessment
from assessments.planning import actions_of, lines
from assessments.reading import read
from certif.dates import today
from referentiel.content import content_of
from tests import factories as f
from tests.test_dashboard import long_edition

pytestmark = pytest.mark.django_db

VIEWS = ("", "tableau/", "calendrier/")


def url(dossier, view: str = "") -> str:
    return f"/dossiers/{dossier.pk}/feuille-de-route/{view}"


@pytest.fixture
def gaps(dossier, lea):
    f.answer_all(dossier, 3, but={"PER-01": 0, "DEO-02": 1}, by=lea)
    return dossier


def plan(dossier, title: str, **fields) -> Action:
    return Action.objects.create(assessment=dossier, title=title, **fields)


def test_the_shortest_way_is_shown_before_anything_is_planned(client, gaps, lea):
    client.force_login(lea)
    context = client.get(url(gaps)).context
    path = context["reading"].path
    assert (context["chosen"], context["unplanned"], context["total"]) == ("chemin", path.steps, path.days)


def test_one_click_plans_it_all(client, gaps, lea):
    client.force_login(lea)
    steps = read(gaps).path.steps
    page = client.post(url(gaps, "propositions/"), {"proposition": "chemin"}, follow=True)
    assert f"{len(steps)}\u00a0actions ajoutées à votre feuille de route." in page.content.decode()
    assert (Action.objects.count(), page.context["unplanned"], len(page.context["kept"])) == (
        len(steps),
        (),
        len(steps),
    )


def test_one_click_adds_one_proposal(client, gaps, karim):
    client.force_login(karim)
    suggested = content_of(gaps.edition_id).criterion_by_code["PER-01"].suggested_actions[0]
    client.post(url(gaps, "propositions/"), {"proposition": suggested.key})
    assert [(each.suggested_id, each.created_by) for each in Action.objects.all()] == [(suggested.id, karim)]


@pytest.mark.parametrize("key", ["", "inconnue", "00000000-0000-0000-0000-000000000000"])
def test_a_proposal_that_does_not_exist_adds_nothing(client, gaps, lea, key):
    client.force_login(lea)
    page = client.post(url(gaps, "propositions/"), {"proposition": key}, follow=True).content.decode()
    assert ("rien n’a été ajouté" in page, Action.objects.count()) == (True, 0)


def test_filters_are_links(client, gaps, lea, karim):
    late = plan(gaps, "En retard", due_on=today() - timedelta(days=1), owner=karim)
    mine = plan(gaps, "La mienne", owner=lea)
    client.force_login(lea)
    kept = {
        name: [line.action for line in client.get(f"{url(gaps)}?filtre={name}").context["kept"]]
        for name in ("chemin", "toutes", "miennes", "retard")
    }
    assert kept == {"chemin": [], "toutes": [late, mine], "miennes": [mine], "retard": [late]}
    chips = client.get(url(gaps)).context["chips"]
    steps = len(read(gaps).path.steps)
    assert [(chip["name"], chip["count"]) for chip in chips] == [
        ("chemin", steps),
        ("toutes", 2),
        ("miennes", 1),
        ("retard", 1),
    ]


def test_an_unknown_filter_is_ignored(client, gaps, lea):
    client.force_login(lea)
    assert client.get(f"{url(gaps)}?filtre=<script>").context["chosen"] == "chemin"


def test_the_board_has_a_column_per_status(client, gaps, lea):
    for status in ("a_faire", "en_cours", "faite", "abandonnee"):
        plan(gaps, status, status=status)
    client.force_login(lea)
    columns = client.get(url(gaps, "tableau/")).context["columns"]
    assert [[line.action.title for line in column["lines"]] for column in columns] == [
        ["a_faire"],
        ["en_cours"],
        ["faite"],
        ["abandonnee"],
    ]


def test_a_reader_sees_no_button_at_all(client, gaps, lise):
    plan(gaps, "Une action")
    client.force_login(lise)
    for view in VIEWS:
        page = client.get(url(gaps, view)).content.decode().partition("<main")[2]
        assert ("<form" in page, "<button" in page) == (False, False)


@pytest.mark.parametrize("view", VIEWS)
def test_a_stranger_finds_nothing_and_anonymous_goes_to_login(client, gaps, oscar, view):
    assert client.get(url(gaps, view)).headers["Location"].startswith("/connexion/")
    client.force_login(oscar)
    assert client.get(url(gaps, view)).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("lise", 403), ("oscar", 404)])
def test_only_writers_add_proposals(client, request, gaps, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.post(url(gaps, "propositions/"), {"proposition": "chemin"}).status_code == status
    assert not Action.objects.exists()


def test_get_adds_nothing(client, gaps, lea):
    client.force_login(lea)
    assert client.get(url(gaps, "propositions/")).status_code == 405


def test_a_closed_dossier_refuses_proposals_in_french(client, gaps, lea):
    Assessment.objects.filter(pk=gaps.pk).update(status="cloturee")
    client.force_login(lea)
    page = client.post(url(gaps, "propositions/"), {"proposition": "chemin"}, follow=True).content.decode()
    assert ("Ce dossier n’est plus modifiable" in page, Action.objects.count()) == (True, 0)


@pytest.mark.parametrize("view", VIEWS)
def test_queries_do_not_grow_with_actions_and_criteria(client, fabrique, lea, view, django_assert_num_queries):
    client.force_login(lea)
    counts = []
    for criteria, actions in ((4, 1), (40, 30)):
        dossier = f.make_assessment(fabrique, long_edition(criteria), services=[], by=lea)
        f.answer_all(dossier, 1, by=lea)
        rows = list(dossier.edition.criteria.all())
        for number in range(actions):
            action = plan(dossier, f"Action {number}", due_on=date(2027, 1, 1), owner=lea)
            action.criteria.add(rows[number % len(rows)])
        client.get(url(dossier, view))  # the first request dates the session and reads the edition
        with django_assert_num_queries(14, exact=False) as queries:
            client.get(url(dossier, view))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Months -----------------------------------------------------------------------------------


TODAY = date(2026, 11, 21)


def drawn(dossier, lea, audit_on=date(2027, 3, 16)):
    reading = read(dossier, on=TODAY)
    return gantt(lines(reading, actions_of(dossier), user=lea), today=TODAY, audit_on=audit_on)


def test_months_go_from_the_first_action_to_the_month_after_the_audit(dossier, lea):
    plan(dossier, "Datée", starts_on=date(2026, 11, 13), due_on=date(2026, 12, 18))
    chart = drawn(dossier, lea)
    assert [(month.label, month.year, month.audit) for month in chart.months] == [
        ("nov.", "2026", ""), ("déc.", "", ""), ("janv.", "2027", ""), ("févr.", "", ""), ("mars", "", "audit le\u00a016"), ("avr.", "", ""),
    ]  # fmt: skip
    assert ([bar.period for bar in chart.bars], chart.span) == (
        ["13\u00a0novembre – 18\u00a0décembre"],
        "De novembre\u00a02026 à avril\u00a02027.",
    )


def test_dropped_actions_disappear_and_undated_ones_are_listed_apart(dossier, lea):
    plan(dossier, "Abandonnée", status="abandonnee", due_on=TODAY)
    undated = plan(dossier, "Sans date")
    plan(dossier, "Échéance seule", due_on=date(2027, 1, 1))
    plan(dossier, "Début seul", starts_on=date(2027, 2, 2))
    chart = drawn(dossier, lea)
    assert [bar.period for bar in chart.bars] == ["pour le 1er\u00a0janvier", "à partir du 2\u00a0février"]
    assert [line.action for line in chart.undated] == [undated]


def test_a_date_far_away_does_not_draw_a_thousand_months(dossier, lea):
    plan(dossier, "Lointaine", starts_on=date(2000, 1, 1), due_on=date(2100, 12, 31))
    chart = drawn(dossier, lea, audit_on=None)
    assert (len(chart.months), len(chart.bars)) == (36, 1)

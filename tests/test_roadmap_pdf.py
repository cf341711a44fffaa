"""The improvement roadmap: its priorities, its shortest way, its calendar, and the file it becomes."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from assessments.enums import ActionStatus, DocumentKind
from assessments.models import Action
from assessments.reports.press import document_html
from assessments.reports.roadmap import roadmap_report
from certif.pdf import render_pdf
from tests.factories import answer_all
from tests.reports import CODE, bookmarks, make_source, plan, problems, shipped_dossier, text_of

pytestmark = pytest.mark.slow

NBSP, NNBSP = "\u00a0", "\u202f"


def report(dossier):
    return roadmap_report(make_source(dossier))


def printed(dossier) -> bytes:
    return render_pdf(document_html(make_source(dossier), DocumentKind.ROADMAP))


def from_the_top(page) -> list[str]:
    """The lines of a page as the eye meets them."""
    return [line.strip() for line in page.extract_text(extraction_mode="layout").splitlines() if line.strip()]


def act(dossier, title="Écrire la charte", criteria=(), **fields) -> Action:
    action = Action.objects.create(assessment=dossier, title=title, **fields)
    action.criteria.set(dossier.edition.criteria.filter(code__in=criteria))
    return action


def test_actions_are_numbered_by_priority_then_date(dossier, lea):
    answer_all(dossier, 3, but={"PER-01": 1, "QUA-02": 2})
    act(dossier, "Progresser", ["QUA-02"], due_on=date(2027, 1, 1))
    act(dossier, "Débloquer tard", ["PER-01"], due_on=date(2027, 5, 1))
    act(dossier, "Débloquer tôt", ["PER-01"], due_on=date(2027, 2, 1), owner=lea)
    act(dossier, "Abandonner", ["PER-01"], status=ActionStatus.DROPPED)
    parts = report(dossier).parts
    assert [[(card.number, card.title) for card in part.actions] for part in parts] == [
        [(1, "Débloquer tôt"), (2, "Débloquer tard")],
        [],
        [(3, "Progresser")],
    ]
    assert parts[0].actions[0].owner == "Léa Martin"


def test_an_action_says_what_it_should_change(dossier):
    answer_all(dossier, 3, but={"PER-01": 1})
    act(dossier, criteria=["PER-01"], target_level=3, effort_days=2, cost_euros=450, due_on=date(2027, 3, 1))
    card = report(dossier).parts[0].actions[0]
    assert card.effect == "◔ 1 → ◕ 3, non-conformité majeure → conforme"
    assert card.effort == f"2{NBSP}jours · 450{NBSP}€"
    assert card.when == f"mars{NBSP}2027"


@pytest.mark.parametrize(
    ("status", "due", "is_late"),
    [("a_faire", date(2026, 11, 20), True), ("a_faire", date(2026, 11, 21), False), ("faite", date(2026, 1, 1), False)],
)
def test_an_open_action_is_late_the_day_after_its_deadline(dossier, status, due, is_late):
    act(dossier, status=status, due_on=due)
    (card,) = [card for part in report(dossier).parts for card in part.actions]
    assert card.is_late is is_late


def test_the_load_is_shared_by_pilot(dossier, lea, karim):
    act(dossier, "a", owner=lea, effort_days=2)
    act(dossier, "b", owner=karim, effort_days="3.5")
    act(dossier, "c", effort_days=9)
    act(dossier, "d", owner=lea, effort_days=9, status=ActionStatus.DONE)
    made = report(dossier)
    assert [(load.owner, load.days, load.actions) for load in made.loads] == [
        ("Karim Benali", f"3,5{NBSP}jours", 1),
        ("Léa Martin", f"2{NBSP}jours", 1),
        ("Sans pilote", f"9{NBSP}jours", 1),
    ]
    assert made.load_total.days == f"14,5{NBSP}jours"


def test_the_shortest_way_is_whole_and_says_what_it_leaves(dossier):
    answer_all(dossier, 3, but={"PER-01": 1, "DEO-02": 1})
    source = make_source(dossier)
    way = roadmap_report(source).way
    assert [step.code for group in way.groups for step in group.steps] == [step.criterion for step in source.path.steps]
    assert len(way.leaves) == len(source.path.leaves_out)


def test_without_actions_there_is_no_calendar(dossier):
    made = report(dossier)
    assert (made.calendar, made.milestones, made.loads, made.with_actions) == (None, None, (), ())
    assert made.lead.replace(NBSP, " ") == (
        "Aucune action n’est encore prévue : elles viendront avec les premiers critères renseignés."
    )


def test_meetings_are_first_mondays(dossier):
    assert [meeting.day for meeting in report(dossier).meetings[:3]] == [
        f"7{NBSP}décembre{NBSP}2026",
        f"4{NBSP}janvier{NBSP}2027",
        f"1er{NBSP}février{NBSP}2027",
    ]


def test_the_calendar_runs_over_pages_and_counts_what_it_leaves_out(dossier):
    for rank in range(40):
        act(dossier, f"Action {rank}", due_on=date(2027, 1, 1 + rank % 28))
    act(dossier, "Sans date")
    calendar = report(dossier).calendar
    assert [len(sheet.rows) for sheet in calendar.sheets] == [33, 7]
    assert calendar.undated == f"Une{NBSP}action n’a pas encore de date."


def test_the_audit_is_named_above_the_bars_of_the_cover(dossier):
    dossier.audit_on = date(2027, 4, 1)
    act(dossier, "Tout", starts_on=date(2026, 12, 1), due_on=date(2027, 6, 1))
    bars = report(dossier).bars
    name = next(bar for bar in bars if bar.kind.startswith("audit-name"))
    line = 10 * 25.4 / 72  # of its style, in millimetres
    assert min(float(bar.top) for bar in bars if bar.kind.startswith("p")) >= float(name.top) + line


def test_an_empty_roadmap_prints(dossier):
    pdf = printed(dossier)
    assert problems(pdf) == []
    assert bookmarks(pdf) == [
        "Feuille de route d’amélioration",
        "Trois priorités",
        f"Le chemin le plus court vers «{NNBSP}prêt{NNBSP}»",
        "Le suivi, à remplir en réunion",
    ]


def test_sixty_actions_print(shipped, shipped_edition):
    dossier = shipped_dossier(shipped, shipped_edition, actions=60, audit_on=date(2027, 6, 15))
    pdf = printed(dossier)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert problems(pdf) == []
    assert all(CODE in each.extract_text() for each in pages)
    opened = [lines for lines in map(from_the_top, pages) if lines[1].startswith("Priorité")]
    assert opened
    assert [title for head, _, title, *_ in opened if title not in head] == []
    assert "Les jalons du cycle" in bookmarks(pdf)
    assert [word for word in ("None", "a_faire", "en_cours", "True", "{{") if word in text_of(pdf)] == []


def test_hostile_actions_are_only_texts(shipped, shipped_edition):
    dossier = shipped_dossier(shipped, shipped_edition, answered=0.2)
    plan(dossier, shipped, 2)
    codes = [criterion.code for criterion in shipped.criteria[:30]]
    act(dossier, "T" * 300, codes, detail="D" * 10_000, cause="<script>alert(1)</script>", due_on=date(2027, 1, 1))
    act(dossier, "<b>gras</b>", detail="mot " * 2500, starts_on=date(2040, 1, 1), due_on=date(2041, 1, 1))
    pdf = printed(dossier)
    assert problems(pdf) == []
    assert "<script>alert(1)</script>" in text_of(pdf)

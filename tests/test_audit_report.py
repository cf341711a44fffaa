"""The audit-readiness report: what it says in every case, and the file it becomes."""

import io
import json
import re
from datetime import date

import pytest
from pypdf import PdfReader

from assessments.enums import DocumentKind
from assessments.models import EvidenceUse
from assessments.reports.audit import audit_report
from assessments.reports.press import document_html
from certif.accounts.models import Structure
from certif.pdf import Attached, render_pdf
from certif.ui import nombre
from tests.factories import answer, answer_all, declare, make_evidence, make_network, make_service, opine, use_evidence
from tests.reports import CODE, bookmarks, make_source, problems, shipped_dossier, text_of

pytestmark = pytest.mark.slow

NBSP, NNBSP = "\u00a0", "\u202f"


def report(dossier, **changes):
    return audit_report(make_source(dossier, **changes))


def printed(source) -> bytes:
    return render_pdf(
        document_html(source, DocumentKind.AUDIT), attachments=[Attached("dossier.json", b"{}", "Données")]
    )


@pytest.fixture
def ready(dossier):
    """Everything at 3, every register covered, every required piece filed."""
    answer_all(dossier, 3)
    service = make_service(dossier.structure)
    for number in range(1, 9):
        piece = make_evidence(
            dossier.structure,
            f"Compte rendu {number}",
            url=f"https://exemple.fr/{number}",
            effective_on=date(2026, 11, 1),
        )
        declare(dossier, f"REG-{number}", services=[service], evidence=[piece])
    answer(dossier, "DEO-03", 3, justification="Préparée avec deux partenaires.")
    for code, place in (("PER-01", 1), ("DEO-01", 1), ("QUA-01", 1)):
        piece = make_evidence(
            dossier.structure, f"Pièce {code}", url=f"https://exemple.fr/{code}", effective_on=date(2026, 11, 1)
        )
        use_evidence(piece, dossier, code, expected=place)
    return dossier


# What it says


def test_an_empty_dossier_says_where_it_starts(dossier):
    made = report(dossier)
    assert made.board.lead == (
        "L’auto-évaluation commence. Ce rapport montre d’où part le dossier et ce que la grille demandera."
    )
    assert [figure.value for figure in made.board.figures] == ["–", "0/7", "0/8", "0"]
    assert (made.started, len(made.untouched), made.maturity.radar) == ((), 3, "")
    assert made.gathering.lead.startswith("Aucune preuve n’est encore déposée.")


def test_a_blocking_criterion_leads(dossier):
    answer_all(dossier, 3, but={"PER-01": 1})
    made = report(dossier)
    assert made.headline.startswith(f"Pas encore prêt{NBSP}: ")
    first = made.reasons.groups[0].cards[0]
    assert (first.code, first.level, first.criticality_sign) == ("PER-01", "1 En construction", "■")
    assert first.lift == (
        f"Écrire : Entité juridique employeuse, puis déposer la pièce «{NNBSP}Statuts{NNBSP}». Comptez{NBSP}2{NBSP}jours."
    )
    assert made.board.todo[0].code == "PER-01"
    assert made.has_major


def test_what_lifts_a_reason_is_the_shortest_way(dossier):
    answer_all(dossier, 3, but={"PER-01": 1})
    source = make_source(dossier)
    days = sum(step.days for step in source.path.steps if step.criterion == "PER-01")
    lift = audit_report(source).reasons.groups[0].cards[0].lift.replace(NBSP, " ")
    assert lift.endswith(f"Comptez {nombre(days)} {'jours' if days >= 2 else 'jour'}.")


def test_registers_below_the_threshold_are_said_in_words(dossier):
    answer_all(dossier, 3)
    made = report(dossier)
    assert (
        made.registers.lead
        == f"Aucun registre n’est encore déclaré. Il en faut cinq sur huit, déployés et{NBSP}prouvés."
    )
    assert made.board.lead.startswith(f"Aucun{NBSP}registre n’est couvert sur les cinq attendus.")
    (card,) = [card for group in made.reasons.groups for card in group.cards if card.headline.endswith("couvert")]
    assert card.text == (f"Aucun{NBSP}registre n’est couvert ; il en faut cinq.",)


def test_a_ready_dossier_says_all_that_was_checked(ready):
    made = report(ready)
    assert made.headline == "Prêt"
    assert made.reasons.title == f"Pourquoi «{NNBSP}prêt{NNBSP}»"
    assert [card.headline for card in made.reasons.groups[0].cards] == [
        "Tout est renseigné",
        "Aucune non-conformité majeure",
        "8 registres couverts",
        "Aucune non-conformité mineure",
        "Les preuves sont là",
    ]
    assert made.registers.advice == ()


def test_not_applicable_is_shown_with_its_reason(dossier):
    answer(dossier, "PER-02", not_applicable=True, justification="Un seul site, aucun périmètre à écrire.")
    (card,) = report(dossier).chapters[0].cards
    assert (card.sign, card.level, card.finding) == ("◌", "Non concerné", "")
    assert card.justification == (f"Un seul site, aucun périmètre à{NBSP}écrire.",)


def test_a_piece_says_its_dates(dossier):
    row = answer(dossier, "PER-01", 3, justification="Tout est là.")
    for label, dated, until in (
        ("Statuts", date(2026, 1, 5), None),
        ("Bail", date(2026, 1, 5), date(2026, 12, 31)),
        ("Contrat", date(2025, 1, 5), date(2026, 6, 30)),
        ("Note", None, date(2028, 6, 30)),
    ):
        piece = make_evidence(
            dossier.structure, label, url=f"https://exemple.fr/{label}", effective_on=dated, expires_on=until
        )
        EvidenceUse.objects.create(evidence=piece, answer=row)
    (card,) = report(dossier).chapters[0].cards
    assert [(piece.sign, piece.label, piece.note, piece.strong) for piece in card.pieces] == [
        ("✓", "Statuts", "lien, 05/01/2026, sans échéance", ""),
        ("◷", "Bail", "lien, 05/01/2026, à renouveler avant le 31/12/2026", ""),
        ("✗", "Contrat", "lien, 05/01/2025,", "périmée depuis le 30/06/2026"),
        ("✓", "Note", "lien, sans date, expire en 06/2028", ""),
        ("✗", "Statuts", "", "à déposer"),
    ]


def test_the_shares_are_those_of_the_reading(dossier):
    answer_all(dossier, 2, but={"PER-01": 4})
    source = make_source(dossier)
    kept = source.data["resultat"]["maturite"]["total"]
    assert f"{source.result.maturity.total.numerator}/{source.result.maturity.total.denominator}" == kept


def test_questions_are_those_of_the_weakest_criteria(dossier):
    answer_all(dossier, 4, but={"QUA-01": 0})
    (role,) = report(dossier).interviews.roles
    assert (role.role, role.questions[0].code) == ("Direction", "QUA-01")


# The file


def test_the_shipped_norm_makes_a_report_of_reasonable_length(shipped, shipped_edition):
    source = make_source(shipped_dossier(shipped, shipped_edition, audit_on=date(2027, 6, 15)))
    pdf = printed(source)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert problems(pdf) == []
    assert 25 <= len(pages) <= 40
    assert all(CODE in each.extract_text() for each in pages)
    assert bookmarks(pdf)[:6] == [
        "Rapport de préparation à l’audit",
        "Sommaire",
        "L’essentiel en une page",
        f"Pourquoi «{NNBSP}pas encore prêt{NNBSP}»",
        "La maturité par chapitre",
        "Les registres d’intervention",
    ]


def test_every_heading_is_followed_by_what_it_announces(shipped, shipped_edition):
    """No heading ends a page, no page is empty."""
    source = make_source(shipped_dossier(shipped, shipped_edition, answered=0.4, seed=5))
    titles = {criterion.title for criterion in source.dossier.criteria}
    for each in PdfReader(io.BytesIO(printed(source))).pages[1:]:
        lines = [line for line in each.extract_text().split("\n") if line.strip()]
        body = [line for line in lines if CODE not in line and not line.strip().isdecimal()]
        assert len(body) > 3
        assert re.sub(r"^[A-Z]{3}-\d\d\s+", "", body[-1].strip()) not in titles


def test_a_long_answer_runs_over_two_pages(dossier):
    """Kept whole, it would leave the title of its chapter alone on a page."""
    for code in ("PER-01", "DEO-01", "QUA-01"):
        answer(dossier, code, 2, justification="Nous avons revu cette pratique avec toute l’équipe. " * 75)
    pages = [each.extract_text() for each in PdfReader(io.BytesIO(printed(make_source(dossier)))).pages]
    for number, code in enumerate(("PER-01", "DEO-01", "QUA-01"), 1):
        (opening,) = [text for text in pages if f"Chapitre {number} sur 3" in text]
        assert code in opening.partition(f"Chapitre {number} sur 3")[2]


def test_the_text_is_french_and_without_inner_codes(shipped, shipped_edition):
    text = text_of(printed(make_source(shipped_dossier(shipped, shipped_edition, answered=0.6))))
    words = (
        "None",
        "True",
        "False",
        "preuve_ancienne",
        "non_declare",
        "sans_dispositif",
        "attestee",
        "presumee",
        "undefined",
    )
    assert [word for word in (*words, "{{", "}}", "&amp;", "&lt;") if word in text] == []
    assert re.findall(r"\b(?:the|and|with|page of|level|evidence)\b", text) == []


@pytest.mark.parametrize("answered", [0, 0.03])
def test_a_nearly_empty_dossier_is_short_and_whole(shipped, shipped_edition, answered):
    source = make_source(shipped_dossier(shipped, shipped_edition, answered=answered))
    pdf = printed(source)
    assert problems(pdf) == []
    assert len(PdfReader(io.BytesIO(pdf)).pages) <= 20


def test_a_ready_dossier_prints(ready):
    assert problems(printed(make_source(ready))) == []


HOSTILE = (
    "<script>alert(1)</script>",
    "</p></section><img src=file:///etc/passwd>",
    "x" * 4000,
    "👩🏽‍🚀😀" * 600,
    "مرحبا بالعالم " * 80,
    "{{ settings.SECRET_KEY }} {% debug %}",
    "ligne\n" * 600,
    "a\u0301\u0302\u0303" * 300,
)


def test_hostile_texts_are_only_texts(dossier):
    for code, text in zip(
        ("PER-01", "PER-02", "PER-08", "DEO-01", "DEO-02", "QUA-01", "QUA-02"), HOSTILE, strict=False
    ):
        answer(dossier, code, 2, justification=text)
    Structure.objects.filter(pk=dossier.structure_id).update(name=HOSTILE[0] * 6, city=HOSTILE[1])
    row = answer(dossier, "PER-02", 2, justification=HOSTILE[7])
    for url in ("http://127.0.0.1:9/x.png", "https://exemple.fr/?a=<b>"):
        EvidenceUse.objects.create(evidence=make_evidence(dossier.structure, "L" * 300, url=url), answer=row)
    dossier.refresh_from_db()
    pdf = printed(make_source(dossier))
    assert problems(pdf) == []
    text = text_of(pdf).replace("\u200b", "")
    assert "<script>alert(1)</script>" in text
    assert "{{ settings.SECRET_KEY }}" in text
    assert "root:" not in text
    assert json.loads(PdfReader(io.BytesIO(pdf)).attachments["dossier.json"][0]) == {}


# What networks read


def test_each_network_reads_under_its_own_name(dossier, reseau, adele):
    answer_all(dossier, 3)
    other = make_network("Alliance du Sud")
    opine(dossier.answers.get(criterion__code="PER-01"), reseau, adele, 1)
    opine(dossier.answers.get(criterion__code="DEO-01"), reseau, adele, 3)
    opine(dossier.answers.get(criterion__code="QUA-02"), reseau, adele, 0, shown=False)
    made = report(dossier)
    [block] = made.readings
    assert block.title == "La lecture de Réseau des médiateurs"
    assert block.lead.startswith(f"Sur 2{NBSP}critères relus, 1{NBSP}niveau diffère.")
    assert [(gap.code, gap.mine, gap.theirs) for gap in block.gaps] == [("PER-01", "3 Maîtrisé", "1 En construction")]
    assert (block.rows[0].mine, block.rows[0].theirs, block.rows[0].gap) == ("75", "54", "−21")
    assert "selon le réseau" in made.board.figures[0].note
    assert "Tireté" in made.maturity.caption

    opine(dossier.answers.get(criterion__code="PER-01"), other, adele, 4)
    made = report(dossier)
    assert [each.title for each in made.readings] == ["La lecture de Alliance du Sud", "La lecture de Réseau des médiateurs"]
    assert ("selon le réseau" in made.board.figures[0].note, "Tireté" in made.maturity.caption) == (False, False)


def test_without_a_network_the_report_has_one_reading(dossier):
    answer_all(dossier, 3)
    assert report(dossier).readings == ()

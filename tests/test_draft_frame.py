"""The eligibility questionnaire and the certification cycle of a draft: written on screen, in words, and never over another’s text."""

from datetime import date

import pytest
from django.urls import reverse

from assessments.enums import AuditKind
from assessments.milestones import ANCHOR_OF, cycle_of
from certif.dates import spoken
from referentiel import frame, writing
from referentiel.completeness import lacks
from referentiel.content import read_content
from referentiel.forms.frame import USUAL_ANCHORS, DelayField
from referentiel.frame import Part
from referentiel.models import Edition
from tests.factories import CYCLE, make_edition, seal
from tests.people import client_of

NBSP = "\u00a0"


@pytest.fixture
def draft(db) -> Edition:
    return make_edition("BROUILLON", sealed=False, cycle=CYCLE)


def again(draft: Edition) -> Edition:
    return Edition.objects.get(pk=draft.pk)


def address(draft, name: str, *args: str) -> str:
    return reverse(name, args=[draft.code, *args])


def form_of(response) -> dict:
    """What a browser would send of the page as it came."""
    form = response.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | {"version": response.context["version"]}


def sent(client, path: str, **changes):
    return client.post(path, form_of(client.get(path)) | changes)


SCREENS = {
    "questionnaire": ("draft_eligibility",),
    "question": ("draft_question", "ELI-01"),
    "cycle": ("draft_cycle",),
    "jalon": ("draft_milestone", "JAL-01"),
}


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_sent_back_as_it_came_changes_nothing(draft, ines, screen):
    response = sent(client_of(ines), address(draft, *SCREENS[screen]))
    after = again(draft)
    assert response.status_code == 302
    assert (after.version, _without_blanks(after.eligibility), after.cycle) == (
        1,
        _without_blanks(draft.eligibility),
        CYCLE,
    )


def _without_blanks(eligibility: dict) -> dict:
    """A form writes every field, even those a question had not."""
    questions = [{name: value for name, value in each.items() if value} for each in eligibility["questions"]]
    return eligibility | {"questions": questions}


CHANGED = {
    "questionnaire": {"titre": "Autre"},
    "question": {"question": "Autre ?"},
    "cycle": {"titre": "Autre"},
    "jalon": {"titre": "Autre"},
}


@pytest.mark.parametrize("screen", SCREENS)
def test_who_saves_late_overwrites_nothing(draft, ines, screen):
    client, path = client_of(ines), address(draft, *SCREENS[screen])
    late = form_of(client.get(path)) | CHANGED[screen]
    sent(client, path, **dict.fromkeys(CHANGED[screen], "Le premier"))
    before = again(draft)
    response = client.post(path, late)
    page = response.content.decode()
    assert (response.status_code, again(draft).version) == (409, before.version)
    assert "Le premier" in page and "Autre" in page
    assert client.post(path, late | {"version": response.context["current_version"]}).status_code == 302
    assert again(draft).version == before.version + 1


@pytest.mark.parametrize("screen", SCREENS)
def test_a_published_edition_is_not_written(draft, ines, screen):
    client, path = client_of(ines), address(draft, *SCREENS[screen])
    data = form_of(client.get(path)) | CHANGED[screen]
    seal(draft)
    response = client.post(path, data)
    assert "ne change plus" in response.content.decode()
    assert (again(draft).eligibility, again(draft).cycle) == (draft.eligibility, draft.cycle)


def test_a_question_is_added_with_its_answers_named_after_their_words(draft, ines):
    response = client_of(ines).post(address(draft, "draft_question_create"), {
        "code": "ELI-02", "question": "Qui emploie les médiateurs ?", "statut": "proposition", "criteres": "PER-01\nDEO-01",
        "reponses-0-libelle": "L’entité, à son nom", "reponses-0-effet": "ok",
        "reponses-1-libelle": "L’entité, à son nom", "reponses-1-effet": "bloquant", "reponses-1-message": "À revoir.",
        "reponses-2-libelle": "",
    })  # fmt: skip
    assert response.url == address(draft, "draft_eligibility")
    question = frame.entry(again(draft), Part.ELIGIBILITY, "ELI-02")
    assert question["criteres"] == ["PER-01", "DEO-01"]
    assert [(each["valeur"], each["effet"], each["message"]) for each in question["reponses"]] == [
        ("l_entite_a_son_nom", "ok", ""), ("l_entite_a_son_nom_2", "bloquant", "À revoir."),
    ]  # fmt: skip


def test_an_answer_keeps_its_name_when_its_words_change(draft, ines):
    """Dossiers remember answers by their name."""
    sent(client_of(ines), address(draft, "draft_question", "ELI-01"), **{"reponses-0-libelle": "Tout autre chose"})
    names = [each["valeur"] for each in frame.entry(again(draft), Part.ELIGIBILITY, "ELI-01")["reponses"]]
    assert names == ["constituee", "en_creation", "aucune"]


WRONG = {
    "code pris": ({"code": "eli-01"}, None, f"Le code «{NBSP}eli-01{NBSP}» est déjà pris."),
    "sans question": ({"question": " "}, "question", "Remplissez ce champ."),
    "critère inconnu": ({"criteres": "ZZZ-99"}, "criteres", f"Aucun critère ne porte ce code{NBSP}: ZZZ-99."),
    "sans effet": ({"reponses-0-effet": ""}, "reponses-0-effet", "Choisissez son effet."),
    "sans réponse": (
        {"reponses-0-libelle": "", "reponses-0-effet": ""},
        "__all__",
        "Une question propose au moins une réponse.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_question_is_said_and_nothing_is_lost(draft, ines, case):
    changes, field, message = WRONG[case]
    data = {
        "code": "ELI-02",
        "question": "Gardée ?",
        "statut": "proposition",
        "reponses-0-libelle": "Oui",
        "reponses-0-effet": "ok",
    }
    response = client_of(ines).post(address(draft, "draft_question_create"), data | changes)
    said = response.context["refusal"] if field is None else response.context["form"].errors[field]
    assert (response.status_code, list(said), again(draft).version) == (422, [message], 0)
    assert "Gardée ?" in response.content.decode() or "question" in changes


def test_lines_of_answers_come_and_go_without_saving(draft, ines):
    client, path = client_of(ines), address(draft, "draft_question", "ELI-01")
    data = form_of(client.get(path))
    shown = [
        len(client.post(path, data | {"geste": each}).context["form"].answers)
        for each in ("ajouter:reponses", "retirer:reponses:0")
    ]
    assert (shown, again(draft).version) == ([4, 2], 0)


def test_questions_move_and_go(draft, ines):
    client = client_of(ines)
    for code in ("ELI-02", "ELI-03"):
        frame.add_entry(draft, Part.ELIGIBILITY, values=draft.eligibility["questions"][0] | {"code": code}, by=ines)
    client.post(address(draft, "draft_question_move", "ELI-03"), {"sens": "haut"})
    client.post(address(draft, "draft_question_move", "ELI-01"), {"place": "3"})
    assert _codes(draft) == ["ELI-03", "ELI-02", "ELI-01"]
    client.post(address(draft, "draft_question_delete", "ELI-02"))
    assert _codes(draft) == ["ELI-03", "ELI-01"]
    assert client.post(address(draft, "draft_question_move", "ELI-02"), {"sens": "haut"}).status_code == 404


def _codes(draft) -> list[str]:
    return [each["code"] for each in frame.entries(again(draft), Part.ELIGIBILITY)]


def test_a_question_that_leads_to_a_criterion_no_longer_there_holds_the_publication_back(draft, ines):
    question = draft.eligibility["questions"][0] | {"criteres": ["DEO-01", "DEO-02"]}
    frame.save_entry(
        draft,
        Part.ELIGIBILITY,
        "ELI-01",
        based_on=writing.stamp(draft.eligibility["questions"][0]),
        values=question,
        by=ines,
    )
    writing.delete_criterion(draft.criteria.get(code="DEO-02"), by=ines)
    (lack,) = [lack for lack in lacks(read_content(draft.pk)) if lack.screen == "draft_question"]
    assert (
        lack.sentence
        == f"Éligibilité{NBSP}: la question ELI-01 renvoie au critère DEO-02, qui n’est pas dans l’édition."
    )
    assert (
        f'href="{address(draft, "draft_question", "ELI-01")}#id_criteres"'
        in client_of(ines).get(address(draft, "draft")).content.decode()
    )


# --- The cycle --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("13 mois avant", "-P13M", "13 mois avant"),
        ("1 AN et 6 mois\u00a0après", "+P1Y6M", "1 an et 6 mois après"),
        ("2 ans après", "+P2Y", "2 ans après"),
        ("1 semaine avant", "-P1W", "1 semaine avant"),
        ("15 jours après", "+P15D", "15 jours après"),
        ("Le jour même", "+P0D", "le jour même"),
    ],
)
def test_a_delay_is_typed_in_words(typed, kept, shown):
    assert (DelayField().clean(typed), spoken(kept)) == (kept, shown)


@pytest.mark.parametrize("typed", ["avant", "-P13M", "treize mois avant", "13 mois", "9999 ans après", "200 ans avant"])
def test_what_is_no_delay_is_refused(draft, ines, typed):
    response = sent(client_of(ines), address(draft, "draft_milestone", "JAL-01"), decalage=typed)
    assert (response.status_code, set(response.context["form"].errors), again(draft).version) == (422, {"decalage"}, 0)


def test_a_cycle_starts_with_the_audits_dossiers_prepare(db, ines):
    draft = make_edition("SANS-CYCLE", sealed=False, cycle={})
    client = client_of(ines)
    assert client.get(address(draft, "draft_milestone_create")).url == address(draft, "draft_cycle")
    sent(client, address(draft, "draft_cycle"), titre="Cycle de trois ans", **{"ancres-2-decalage": "3 ans après"})
    client.post(address(draft, "draft_milestone_create"), {
        "code": "J1", "titre": "Décider", "ancre": "audit_initial", "decalage": "6 mois avant", "statut": "proposition",
    })  # fmt: skip
    cycle = cycle_of(again(draft).cycle, AuditKind.INITIAL, date(2027, 3, 1))
    assert [(each.code, each.on) for each in cycle.anchors] == [
        ("audit_initial", date(2027, 3, 1)), ("audit_intermediaire", date(2029, 3, 1)), ("renouvellement", date(2030, 3, 1)),
    ]  # fmt: skip
    assert [(each.title, each.on) for each in cycle.milestones] == [("Décider", date(2026, 9, 1))]
    client.post(address(draft, "draft_milestone_delete", "J1"))
    assert frame.entries(again(draft), Part.CYCLE) == []


def test_the_audits_proposed_are_those_a_dossier_prepares():
    assert {each["code"] for each in USUAL_ANCHORS} == set(ANCHOR_OF.values())


def test_a_dossier_that_prepares_an_audit_the_cycle_does_not_know_has_no_cycle():
    assert cycle_of(CYCLE, AuditKind.RENEWAL, date(2027, 3, 1)) is None

"""Writing a criterion on screen: saved, refused in French with nothing lost, two people at once, lines without JavaScript."""

import re

import pytest
from django.urls import reverse

from referentiel import writing
from referentiel.content import read_content
from referentiel.forms.criterion import CriterionForm
from referentiel.models import Criterion
from tests.drafts import criterion, sent, typed
from tests.people import client_of


def address(draft, code: str = "DEO-01", name: str = "draft_criterion") -> str:
    return reverse(name, args=[draft.code, criterion(draft, code).key])


def saved(client, draft, which: str = "DEO-01", /, **changes):
    return client.post(address(draft, which), sent(typed(draft, which, **changes)))


def test_what_is_shown_is_what_is_stored(draft, ines):
    """Sending the page back changes nothing but the version, not even a space that does not break."""
    row = criterion(draft, "DEO-01")
    row.guiding_questions = ["Depuis quand\u202f?", "Qui dit «\u00a0oui\u00a0»\u00a0: eux\u202f; vous\u202f?"]
    row.save(update_fields=["guiding_questions"])
    before = read_content(draft.pk).criterion_by_code["DEO-01"]
    assert saved(client_of(ines), draft).status_code == 302
    after = read_content(draft.pk).criterion_by_code["DEO-01"]
    for name in ("statement", "descriptors", "guiding_questions", "weight", "sources", "na_allowed", "interviewed_roles"):
        assert getattr(after, name) == getattr(before, name)
    assert [each.key for each in after.expected_evidence] == [each.key for each in before.expected_evidence]
    assert [(each.key, each.effort_days) for each in after.suggested_actions] == [
        (each.key, each.effort_days) for each in before.suggested_actions
    ]


def test_everything_may_be_changed(draft, ines):
    response = saved(
        client_of(ines), draft, "DEO-02",
        code="1.10", titre="Autre titre", enonce="Autre énoncé", criticite="mineur", poids="1", nature="legale",
        non_concerne="on", condition="Sans accueil.", niveau__2="Niveau deux récrit.", sources="un\n\ndeux",
        preuves__0__libelle="Registre", preuves__0__type="document", preuves__0__obligatoire="on", preuves__0__validite="12",
        actions__0__charge="2,5",
    )  # fmt: skip
    assert response.status_code == 302
    item = read_content(draft.pk).criterion_by_code["1.10"]
    assert (item.title, item.statement, item.criticality, item.weight, item.nature) == (
        "Autre titre", "Autre énoncé", "mineur", 1, "legale",
    )  # fmt: skip
    assert (item.na_allowed, item.na_condition, item.sources) == (True, "Sans accueil.", ("un", "deux"))
    assert item.descriptor(2) == "Niveau deux récrit."
    assert [(each.label, each.required, each.validity_months) for each in item.expected_evidence] == [("Registre", True, 12)]
    assert str(item.suggested_actions[0].effort_days) == "2.50"


WRONG = {
    "vide": ({"enonce": ""}, "enonce", "Remplissez ce champ."),
    "code pris": ({"code": "PER-01"}, "code", "Un autre critère de cette édition porte déjà ce code."),
    "code impossible": ({"code": "a/b"}, "code", "Des lettres, des chiffres, des points et des tirets, sans espace."),
    "bloquant et nc": ({"non_concerne": "on"}, "non_concerne", "Un critère bloquant n’admet pas «\u00a0non concerné\u00a0»."),
    "nc sans condition": (
        {"criticite": "mineur", "non_concerne": "on"}, "condition", "Dites à quelle condition «\u00a0non concerné\u00a0» est admis.",
    ),
    "énoncé trop long": (
        {"enonce": "x" * 4001}, "enonce", "Ce texte compte 4\u202f001\u00a0caractères\u00a0: la limite est de 4\u202f000.",
    ),
    "charge": ({"actions__0__charge": "beaucoup"}, "actions-0-charge", "Écrivez un nombre de jours, par exemple 1,5."),
    "ligne à moitié": ({"preuves__1__type": "document"}, "preuves-1-libelle", "Nommez cette preuve, ou retirez la ligne."),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(draft, ines, case):
    changes, field, message = WRONG[case]
    response = saved(client_of(ines), draft, titre="Ce que je viens d’écrire", **changes)
    form = response.context["form"]
    assert response.status_code == 422
    said = {name: errors[0].replace("\u00a0", " ") for name, errors in form.errors.items()}
    assert said == {field: message.replace("\u00a0", " ")}
    assert 'value="Ce que je viens d’écrire"' in response.content.decode()
    assert criterion(draft, "DEO-01").version == 0


def test_the_same_messages_come_while_typing_and_write_nothing(draft, ines):
    response = client_of(ines).post(address(draft, name="draft_criterion_check"), sent(typed(draft, "DEO-01", enonce="")))
    page = response.content.decode()
    assert re.findall(r'id="(\w+)_error"[^>]*>([^<]+)</p>', page) == [("id_enonce", "Remplissez ce champ. ")]
    assert criterion(draft, "DEO-01").version == 0


# --- Two people -------------------------------------------------------------------------------


@pytest.fixture
def overtaken(draft, ines):
    """Somebody saved version 1 while this form, made from version 0, was being typed."""
    mine = typed(draft, "DEO-01", titre="Mon titre", enonce="Mon énoncé.", poids="2")
    content = read_content(draft.pk)
    item = content.criterion_by_code["DEO-01"]
    other = CriterionForm(content, item, typed(draft, "DEO-01", titre="Son titre", enonce="Son énoncé."))
    assert other.is_valid()
    writing.save_criterion(criterion(draft, "DEO-01"), based_on=0, values=other.values, by=ines)
    return mine


def test_a_late_save_overwrites_nothing_and_shows_both(draft, ines, overtaken):
    response = client_of(ines).post(address(draft), sent(overtaken))
    page = response.content.decode()
    assert response.status_code == 409
    assert [each.label for each in response.context["differences"]] == ["Titre", "Énoncé", "Poids"]
    assert "Inès et vous avez modifié DEO-01 en même temps" in page
    assert (criterion(draft, "DEO-01").title, criterion(draft, "DEO-01").version) == ("Son titre", 1)


@pytest.mark.parametrize(
    ("choices", "kept"),
    [
        ({}, ("Mon titre", "Mon énoncé.", 2)),
        ({"choix-titre": "autre", "choix-poids": "autre"}, ("Son titre", "Mon énoncé.", 3)),
        ({"choix-enonce": "reuni", "reuni-enonce": "Les deux énoncés."}, ("Mon titre", "Les deux énoncés.", 2)),
    ],
)
def test_each_field_is_chosen_or_merged(draft, ines, overtaken, choices, kept):
    client = client_of(ines)
    page = client.post(address(draft), sent(overtaken))
    data = dict(page.context["kept"]) | {"version": page.context["version"]} | choices
    for name in ("registres", "applicable"):
        data.pop(name, None)
    assert client.post(address(draft), data).status_code == 302
    row = criterion(draft, "DEO-01")
    assert (row.title, row.statement, row.weight, row.version) == (*kept, 2)


def test_a_third_save_between_is_seen_too(draft, ines, overtaken):
    client = client_of(ines)
    page = client.post(address(draft), sent(overtaken))
    data = dict(page.context["kept"]) | {"version": page.context["version"]}
    Criterion.objects.filter(edition=draft, code="DEO-01").update(version=2)
    assert client.post(address(draft), data).status_code == 409


# --- Lines ------------------------------------------------------------------------------------


def gesture(client, draft, what: str, **changes):
    return client.post(address(draft), sent(typed(draft, "DEO-01", geste=what, **changes)))


def test_lines_are_added_moved_and_taken_away_without_saving(draft, ines):
    client = client_of(ines)
    response = gesture(client, draft, "ajouter:preuves", titre="Tapé, pas enregistré")
    form = response.context["form"]
    assert (response.status_code, form.numbers["preuves"], form.errors) == (200, [0, 1], {})
    assert 'value="Tapé, pas enregistré"' in response.content.decode()
    moved = gesture(client, draft, "monter:actions:1").context["form"]
    assert [row.fields["titre"].value()[:7] for row in moved.actions] == ["Évaluer", "Écrire "]
    left = gesture(client, draft, "retirer:actions:0").context["form"]
    assert [row.fields["titre"].value()[:7] for row in left.actions] == ["Évaluer"]
    assert criterion(draft, "DEO-01").version == 0


def test_an_empty_line_is_no_line(draft, ines):
    assert saved(client_of(ines), draft, preuves__5__libelle="").status_code == 302
    assert criterion(draft, "DEO-01").expectedevidences.count() == 1


@pytest.mark.parametrize("what", ["retirer:preuves:99", "monter:ailleurs:0", "n’importe quoi", "ajouter:preuves:" + "9" * 50])
def test_a_strange_gesture_does_nothing(draft, ines, what):
    response = gesture(client_of(ines), draft, what)
    assert (response.status_code, criterion(draft, "DEO-01").version) == (200, 0)


# --- Around -----------------------------------------------------------------------------------


def test_the_next_one_follows(draft, ines):
    response = client_of(ines).post(address(draft), sent(typed(draft, "DEO-01", suivant="1")))
    assert response.url == address(draft, "DEO-02")


def test_added_moved_and_deleted(draft, ines):
    client = client_of(ines)
    chapter = draft.chapters.get(code="QUA")
    client.post(reverse("draft_criterion_create", args=[draft.code, chapter.key]), {"code": "QUA-03", "title": "Neuf"})
    client.post(address(draft, "QUA-03", "draft_criterion_move"), {"sens": "haut"})
    client.post(address(draft, "DEO-02", "draft_criterion_move"), {"chapitre": str(chapter.key), "place": "1"})
    client.post(address(draft, "QUA-01", "draft_criterion_delete"))
    content = read_content(draft.pk)
    assert [each.code for each in content.chapter_by_code["QUA"].criteria] == ["DEO-02", "QUA-03", "QUA-02"]


def test_a_code_already_taken_is_said_and_what_was_typed_stays(draft, ines):
    chapter = draft.chapters.get(code="QUA")
    address_of_chapter = reverse("draft_criterion_create", args=[draft.code, chapter.key])
    response = client_of(ines).post(address_of_chapter, {"code": "deo-01", "title": "Un titre choisi"})
    assert (response.status_code, response.context["new"].errors) == (
        422, {"code": ["Le code «\u00a0deo-01\u00a0» est déjà pris dans cette édition."]},
    )  # fmt: skip
    assert 'value="Un titre choisi"' in response.content.decode()


def test_a_copy_says_the_same_just_after_with_keys_of_its_own(draft, ines):
    response = client_of(ines).post(address(draft, "DEO-01", "draft_criterion_copy"), {"code": "DEO-09"})
    assert response.url == address(draft, "DEO-09")
    content = read_content(draft.pk)
    assert [each.code for each in content.chapter_by_code["DEO"].criteria] == ["DEO-01", "DEO-09", "DEO-02", "DEO-03"]
    whole, copied = content.criterion_by_code["DEO-01"], content.criterion_by_code["DEO-09"]
    for name in ("title", "statement", "descriptors", "weight", "criticality", "register_ids", "interview_questions"):
        assert getattr(copied, name) == getattr(whole, name)
    assert [each.label for each in copied.expected_evidence] == [each.label for each in whole.expected_evidence]
    keys = [(each.key, *(part.key for part in (*each.expected_evidence, *each.suggested_actions))) for each in (whole, copied)]
    assert len({*keys[0], *keys[1]}) == 2 * len(keys[0])


def test_a_copy_wants_a_code_of_its_own(draft, ines):
    response = client_of(ines).post(address(draft, "DEO-01", "draft_criterion_copy"), {"code": "DEO-02"})
    assert (response.status_code, set(response.context["copy"].errors)) == (422, {"code"})


def test_the_preview_shows_it_as_structures_will_see_it(draft, ines):
    page = client_of(ines).get(address(draft, name="draft_preview")).content.decode()
    assert "Quelle phrase décrit le mieux votre pratique aujourd’hui\u202f?" in page
    assert re.findall(r"#hb-(\d)", page[page.index('class="choices"') :])[:5] == ["0", "1", "2", "3", "4"]


@pytest.mark.slow
def test_and_in_the_pdf(draft, ines):
    response = client_of(ines).get(address(draft, name="draft_preview_pdf"))
    assert (response["Content-Type"], response.content[:4]) == ("application/pdf", b"%PDF")


def test_of_a_published_edition_one_only_reads(edition, ines):
    response = client_of(ines).get(address(edition))
    assert response.url == reverse("edition_detail", args=[edition.code])
    response = client_of(ines).post(address(edition), sent(typed(edition, "DEO-01", titre="Autre")))
    assert response.status_code == 409
    assert "Cette édition est publiée" in response.content.decode()
    assert criterion(edition, "DEO-01").title == "Libre consentement"

"""Reading the norm: public, whole, at a constant cost; drafts only for those who keep the norm."""

import pytest
from django.urls import reverse

from referentiel.content import content_of
from referentiel.editions import retire
from tests.factories import make_edition, seal
from tests.people import client_of


def pages(edition) -> dict[str, str]:
    return {
        "edition_detail": reverse("edition_detail", args=[edition.code]),
        "norm_chapter": reverse("norm_chapter", args=[edition.code, "DEO"]),
        "norm_criterion": reverse("norm_criterion", args=[edition.code, "DEO-01"]),
        "norm_search": reverse("norm_search", args=[edition.code]) + "?q=libre",
    }


PAGES = ["edition_detail", "norm_chapter", "norm_criterion", "norm_search"]


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("screen", PAGES)
def test_anybody_reads_a_published_edition(edition, screen):
    assert edition.label in text_of(client_of().get(pages(edition)[screen]))


@pytest.mark.parametrize("screen", PAGES)
def test_a_draft_is_for_norm_admins(db, lea, ines, screen):
    draft = make_edition("BROUILLON", sealed=False)
    address = pages(draft)[screen]
    assert client_of().get(address).status_code == 404
    assert client_of(lea).get(address).status_code == 404
    assert "Brouillon\u00a0: visible des seules personnes" in text_of(client_of(ines).get(address))


@pytest.mark.parametrize("screen", PAGES)
def test_a_retired_edition_stays_readable_and_says_so(edition, screen):
    retire(edition)
    assert "Édition retirée le" in text_of(client_of().get(pages(edition)[screen]))


@pytest.mark.parametrize("screen", PAGES)
def test_pages_only_read(edition, screen):
    assert client_of().post(pages(edition)[screen]).status_code == 405


@pytest.mark.parametrize("screen", PAGES)
@pytest.mark.parametrize("count", [2, 30])
def test_a_page_costs_one_query_whatever_the_size(db, django_assert_num_queries, screen, count):
    criteria = tuple((f"DEO-{number:02}", f"Libre {number}", "majeur", 2, {}) for number in range(1, count + 1))
    edition = make_edition(criteria=criteria)
    content_of(edition.pk)
    with django_assert_num_queries(1):
        text_of(client_of().get(pages(edition)[screen]))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("edition_detail", ["INCONNUE"]),
        ("norm_chapter", ["ESSAI", "XXX"]),
        ("norm_chapter", ["INCONNUE", "DEO"]),
        ("norm_criterion", ["ESSAI", "DEO-99"]),
        ("norm_criterion", ["ESSAI", "deo-01"]),
        ("norm_search", ["INCONNUE"]),
    ],
)
def test_what_does_not_exist_is_not_found(db, name, args):
    make_edition("ESSAI")
    assert client_of().get(reverse(name, args=args)).status_code == 404


# --- norm -------------------------------------------------------------------------------------------


def test_the_only_edition_is_opened_at_once(edition):
    response = client_of().get(reverse("norm"))
    assert (response.status_code, response.url) == (302, reverse("edition_detail", args=[edition.code]))


def test_several_editions_are_listed_with_their_state(db, ines):
    published, draft = make_edition("A"), make_edition("B", sealed=False)
    retired = make_edition("C")
    retire(retired)
    text = text_of(client_of().get(reverse("norm")))
    assert published.label in text
    assert retired.label in text
    assert "Retirée, en vigueur depuis le 5\u00a0janvier\u00a02026, retirée le" in text
    assert draft.label not in text
    assert draft.label in text_of(client_of(ines).get(reverse("norm")))


def test_no_edition_is_said_so(db):
    assert "Aucune édition n’est publiée" in text_of(client_of().get(reverse("norm")))


# --- edition_detail, norm_chapter, norm_criterion ------------------------------------------------------


def test_an_edition_shows_its_rules_as_indicative(db):
    edition = make_edition(level_max=3)
    text = text_of(client_of().get(pages(edition)["edition_detail"]))
    assert "Indicatifs\u00a0: une proposition de Certif" in text
    assert "il en faut 5 sur 8" in text
    assert "au-delà de 2\u00a0non-conformités mineures simulées" in text
    assert text.count('role="columnheader"') == 1 + 4
    assert edition.seal.fingerprint in text


def test_a_chapter_lists_its_criteria_in_order(edition):
    response = client_of().get(pages(edition)["norm_chapter"])
    assert [criterion.code for criterion in response.context["chapter"].criteria] == ["DEO-01", "DEO-02", "DEO-03"]
    assert (response.context["previous"].code, response.context["next"].code) == ("PER", "QUA")
    text = text_of(response)
    assert text.index("Libre consentement") < text.index("Confidentialité") < text.index("interculturelle")


def test_first_and_last_chapters_have_one_neighbour(edition):
    first = client_of().get(reverse("norm_chapter", args=[edition.code, "PER"])).context
    last = client_of().get(reverse("norm_chapter", args=[edition.code, "QUA"])).context
    assert (first["previous"], first["next"].code) == (None, "DEO")
    assert (last["previous"].code, last["next"]) == ("DEO", None)


def test_a_criterion_shows_what_an_auditor_would_look_for_and_its_source(edition):
    text = text_of(client_of().get(pages(edition)["norm_criterion"]))
    for expected in (
        "Libre consentement au niveau 0.",
        "Libre consentement au niveau 4.",
        "Formulaire de consentement",
        "24 mois",
        "Comment ?",
        "un exemple.",
        "Écrire : Libre consentement",
        "1,5\u00a0jour",
        "Exigence attestée publiquement",
        "confiance haute",
        "Une source publique dit que la norme ou la certification le demande.",
        '<a href="https://exemple.fr/source" rel="noopener noreferrer nofollow">exemple.fr/source</a>',
        "N’est pas admis sur ce critère.",
        "Descriptions indicatives",
    ):
        assert expected in text, expected


def test_a_criterion_says_when_na_is_allowed_and_when_it_applies(edition):
    allowed = text_of(client_of().get(reverse("norm_criterion", args=[edition.code, "PER-02"])))
    assert "Un seul site." in allowed
    conditional = text_of(client_of().get(reverse("norm_criterion", args=[edition.code, "DEO-03"])))
    assert "L’un de ces registres est déclaré" in conditional
    assert "Lever les incompréhensions" in conditional


def test_a_source_that_is_not_an_address_is_never_a_link(db):
    edition = make_edition(sealed=False)
    edition.criteria.filter(code="DEO-01").update(sources=["javascript:alert(1)", "<b>Un livre</b>"])
    seal(edition)
    text = text_of(client_of().get(pages(edition)["norm_criterion"]))
    assert "<li>javascript:alert(1)</li>" in text
    assert "<li>&lt;b&gt;Un livre&lt;/b&gt;</li>" in text


# --- norm_search ---------------------------------------------------------------------------------------


def searched(edition, query: str) -> str:
    return text_of(client_of().get(reverse("norm_search", args=[edition.code]), {"q": query}))


def test_found_words_are_marked(edition):
    text = searched(edition, "consentements")
    assert "Libre <mark>consentement</mark>" in text
    assert "1\u00a0critère" in text


def test_a_search_without_result_says_what_to_try(edition):
    text = searched(edition, "xyzxyzxyz")
    assert "Aucun critère ne contient ces mots." in text
    assert 'value="xyzxyzxyz"' in text


def test_an_empty_search_says_how_to_begin(edition):
    assert "Par où commencer" in searched(edition, "  ")


def test_what_is_typed_is_only_text(edition):
    text = searched(edition, "<script>alert(1)</script>")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text

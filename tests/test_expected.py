"""What a network expects: the dashboard of a dossier sent back is that list, each thing said done, and taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import workflow
from assessments.expected import expectations, waiting
from assessments.models import Assessment, Event, Notice, ReviewRequest, Share
from certif.dates import today
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned(dossier, lea, adele, reseau):
    """Read by Adèle, sent back with three requests."""
    f.answer_all(dossier, 3, by=lea)
    Share.objects.create(assessment=dossier, network=reseau)
    Assessment.objects.filter(pk=dossier.pk).update(status="transmise")
    for code, text, days in (("QUA-01", "Le bilan.", None), ("PER-01", "Les statuts.", 9), ("DEO-01", "Une fiche.", -2)):
        due_on = None if days is None else today() + timedelta(days=days)
        f.ask(dossier.answers.get(criterion__code=code), reseau, adele, text, sent=False, due_on=due_on)
    f.opine(dossier.answers.get(criterion__code="PER-01"), reseau, adele, 2, "Plutôt 2.", shown=False, private_note="Entre nous.")
    seen = Assessment.objects.visible_to(adele).select_related("structure").get(pk=dossier.pk)
    workflow.send_back(seen, by=adele, reason="Trois pièces manquent.")
    dossier.refresh_from_db()
    return dossier


def board(dossier) -> str:
    return f"/dossiers/{dossier.pk}/"


def asked(text: str) -> ReviewRequest:
    return ReviewRequest.objects.get(text=text)


def test_the_dashboard_becomes_the_list(client, returned, lea):
    client.force_login(lea)
    response = client.get(board(returned))
    page = response.content.decode()
    assert [each.request.text for each in response.context["expectations"]] == ["Une fiche.", "Les statuts.", "Le bilan."]
    assert [each.is_late for each in response.context["expectations"]] == [True, False, False]
    assert "<h1 class=\"mega\">3\u00a0demandes à traiter</h1>" in page
    assert ("Trois pièces manquent." in page, "Adèle Roche" in page, "Entre nous." in page) == (True, True, False)
    for code in ("QUA-01", "PER-01", "DEO-01"):
        assert f'href="/dossiers/{returned.pk}/criteres/{code}/"' in page
    assert page.count("C’est fait<span") == 3
    assert client.get(board(returned) + "?complet").templates[0].name == "assessments/dashboard.html"


def test_saying_it_is_done_and_that_it_is_not(client, returned, karim, adele):
    client.force_login(karim)
    one = asked("Les statuts.")
    for _ in range(2):
        response = client.post(f"/demandes/{one.pk}/faite/")
        assert response.headers["Location"] == f"{board(returned)}#demande-{one.pk}"
    one.refresh_from_db()
    assert (one.answered_by, one.answered_at is not None, waiting(returned)) == (karim, True, 2)
    response = client.get(board(returned))
    assert (response.context["done"], response.context["left"]) == (1, 2)
    assert [each.request.text for each in response.context["expectations"]][-1] == "Les statuts."
    assert [(notice.user, notice.kind) for notice in Notice.objects.filter(kind="demande_faite")] == [(adele, "demande_faite")]

    client.post(f"/demandes/{one.pk}/reprise/")

    one.refresh_from_db()
    assert (one.answered_by, one.answered_at) == (None, None)
    assert list(Event.objects.filter(verb__startswith="demande").order_by("pk").values_list("verb", flat=True)) == [
        "demande_faite", "demande_reprise",
    ]  # fmt: skip


def test_once_all_is_done_the_next_thing_is_to_transmit(client, returned, lea):
    ReviewRequest.objects.update(answered_at=timezone.now(), answered_by=lea)
    client.force_login(lea)
    page = client.get(board(returned)).content.decode()
    assert "Tout ce qui était demandé est fait" in page
    assert f'class="btn btn-next" href="/dossiers/{returned.pk}/transmission/"' in page


def test_the_entry_screen_says_what_is_asked_there(client, returned, karim):
    client.force_login(karim)
    path = f"/dossiers/{returned.pk}/criteres/PER-01/"
    page = client.get(path).content.decode()
    assert [text in page for text in ("Les statuts.", "Une fiche.", "Plutôt 2.", "2 Partiel", "Entre nous.")] == [
        True, False, True, True, False,
    ]  # fmt: skip
    answer = client.post(f"/demandes/{asked('Les statuts.').pk}/faite/", {"retour": "critere"})
    assert answer.headers["Location"] == path + "#demandes"


def test_what_was_not_sent_or_is_settled_is_not_there(client, returned, lea, adele, reseau):
    row = returned.answers.get(criterion__code="PER-02")
    hidden = f.ask(row, reseau, adele, "Pas envoyée.", sent=False)
    f.ask(row, reseau, adele, "Réglée.", settled_at=timezone.now())
    assert len(expectations(returned, on=today())) == 3
    client.force_login(lea)
    assert client.post(f"/demandes/{hidden.pk}/faite/").status_code == 404
    hidden.refresh_from_db()
    assert hidden.answered_at is None


def test_nothing_changes_once_transmitted(client, returned, lea):
    Assessment.objects.filter(pk=returned.pk).update(status="transmise")
    client.force_login(lea)
    page = client.post(f"/demandes/{asked('Le bilan.').pk}/faite/", follow=True).content.decode()
    assert ("rien n’a changé dans la liste" in page, waiting(returned)) == (True, 3)


@pytest.mark.parametrize(("who", "code"), [("lise", 403), ("adele", 403), ("oscar", 404)])
@pytest.mark.parametrize("gesture", ["faite", "reprise"])
def test_a_neighbour_may_not_and_a_stranger_finds_nothing(client, request, returned, gesture, who, code):
    client.force_login(request.getfixturevalue(who))
    assert client.post(f"/demandes/{asked('Le bilan.').pk}/{gesture}/").status_code == code
    assert waiting(returned) == 3


def test_get_is_refused_and_anonymous_goes_to_login(client, returned, lea):
    path = f"/demandes/{asked('Le bilan.').pk}/faite/"
    assert client.post(path).headers["Location"] == f"/connexion/?next={path}"
    client.force_login(lea)
    assert client.get(path).status_code == 405


def test_readers_and_advisors_read_the_list_without_its_buttons(client, returned, lise, adele):
    for person in (lise, adele):
        client.force_login(person)
        page = client.get(board(returned)).content.decode()
        assert ("Les statuts." in page, "C’est fait<span" in page, "Transmettre de nouveau" in page) == (True, False, False)


def test_as_many_questions_for_thirty_requests_as_for_three(client, returned, lea, adele, reseau, django_assert_num_queries):
    client.force_login(lea)
    counts = []
    for _ in range(2):
        client.get(board(returned))
        with django_assert_num_queries(20, exact=False) as queries:
            client.get(board(returned))
        counts.append(len(queries))
        for row in returned.answers.all():
            for number in range(4):
                f.ask(row, reseau, adele, f"Encore {number}.")
    assert counts[0] == counts[1]

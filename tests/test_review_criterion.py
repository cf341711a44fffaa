"""The review screen: what the advisor reads, what they write, what they are told; and who may not."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.enums import Status
from assessments.models import Assessment, OpinionVersion, Outcome, ReviewerOpinion, ReviewRequest, Share, StockRemark
from tests.factories import affiliate, answer, make_evidence, make_network, make_user, use_evidence
from tests.people import client_of
from tests.test_review_verbs import opinion, row

HTMX = {"HX-Request": "true"}


def url(dossier, code="PER-01", name="review_criterion", *more) -> str:
    return reverse(name, args=[dossier.pk, code, *more])


def post(client, dossier, code="PER-01", *, version=0, niveau="2", remarque="Une remarque.", note="", query="", headers=None, **more):
    data = {"version": version, "niveau": niveau, "remarque": remarque, "note": note} | more
    return client.post(url(dossier, code) + query, data, headers=headers)


def text_of(response) -> str:
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)).strip()


def told(response) -> list[str]:
    return [re.sub(r"\s", " ", str(each)) for each in response.wsgi_request._messages._queued_messages]


# --- Reading ----------------------------------------------------------------------------------


def test_it_shows_what_the_structure_says_beside_the_opinion(transmis, fabrique, adele):
    use_evidence(make_evidence(fabrique, "Statuts déposés"), transmis, "PER-01", expected=1)
    client = client_of(adele)
    post(client, transmis, niveau="1", remarque="À revoir.", note="Entre nous.")
    page = client.get(url(transmis))
    text = text_of(page)
    for sentence in (
        "3 Maîtrisé",
        "Entité juridique employeuse au niveau 3.",
        "Ce qui fait dire le niveau 3.",
        "1 preuve",
        "Statuts déposés",
        "1 sur 2 réunie",
        "Deux niveaux sous l’auto-évaluation. Les deux lectures restent visibles ; à 1, le constat simulé passe de « conforme » à « non-conformité majeure ».",
        "0 relu sur 7",
    ):
        assert sentence in text
    body = page.content.decode()
    assert '<input type="radio" name="niveau" value="1" checked>' in body
    assert body.count("<em class=\"choice-o\">La structure</em>") == 1
    assert (page.context["typed"].remarque, page.context["typed"].note) == ("À revoir.", "Entre nous.")


def test_files_not_shared_are_named_and_not_linked(transmis, fabrique, adele):
    piece = make_evidence(fabrique, "Statuts déposés")
    use_evidence(piece, transmis, "PER-01")
    Share.objects.update(with_files=False)
    page = client_of(adele).get(url(transmis))
    assert "La structure partage le dossier sans ses fichiers." in text_of(page)
    assert f"/preuves/{piece.pk}/" not in page.content.decode()


def test_a_note_or_a_remark_is_shown_and_never_run(transmis, adele):
    client = client_of(adele)
    post(client, transmis, remarque="</textarea><script>alert(1)</script>", note="<img src=x onerror=alert(1)>")
    body = client.get(url(transmis)).content.decode()
    assert ("<script>alert" in body, "<img src=x" in body) == (False, False)


def test_its_own_structure_is_refused_and_a_stranger_finds_nothing(transmis, lea, karim, oscar):
    for person, status in ((lea, 403), (karim, 403), (oscar, 404)):
        client = client_of(person)
        for name in ("review", "send_back", "validate", "review_reopen"):
            assert client.get(reverse(name, args=[transmis.pk])).status_code == status
        assert (client.get(url(transmis)).status_code, post(client, transmis).status_code) == (status, status)
    assert ReviewerOpinion.objects.count() == 0


def test_after_a_withdrawal_nothing_answers(transmis, adele):
    client = client_of(adele)
    post(client, transmis)
    Share.objects.update(revoked_at=timezone.now())
    for name in ("review_criterion", "review_live"):
        assert client.get(url(transmis, name=name)).status_code == 404
    assert post(client, transmis, version=1, remarque="Trop tard.").status_code == 404
    assert post(client, transmis, version=1, remarque="Trop tard.", headers=HTMX).status_code == 404
    assert opinion(transmis, ReviewerOpinion.objects.get().network).remark == "Une remarque."


def test_an_advisor_of_two_networks_reads_for_one_at_a_time(transmis, fabrique, reseau, adele):
    other = make_network("Autre réseau", advisor=adele)
    affiliate(fabrique, other)
    Share.objects.create(assessment=transmis, network=other)
    client = client_of(adele)
    post(client, transmis, remarque="De l’autre.", reseau=other.pk)
    post(client, transmis, remarque="Du premier.", reseau=reseau.pk)
    assert (opinion(transmis, other).remark, opinion(transmis, reseau).remark) == ("De l’autre.", "Du premier.")
    pages = {each: client.get(url(transmis) + f"?reseau={each.pk}").context["typed"].remarque for each in (other, reseau)}
    assert pages == {other: "De l’autre.", reseau: "Du premier."}
    foreign = make_network("Ailleurs")
    assert client.get(url(transmis) + f"?reseau={foreign.pk}").status_code == 404
    assert post(client, transmis, reseau=foreign.pk).status_code == 404


# --- Saving -----------------------------------------------------------------------------------


def test_a_plain_save_keeps_the_opinion_and_comes_back(transmis, reseau, adele):
    response = post(client_of(adele), transmis, query="?filtre=a-relire")
    assert (response.status_code, response.url) == (302, url(transmis) + "?filtre=a-relire")
    assert (opinion(transmis, reseau).level, opinion(transmis, reseau).read_at) == (2, None)


def test_a_save_by_itself_answers_with_the_gap_and_the_version(transmis, adele):
    response = post(client_of(adele), transmis, niveau="4", headers=HTMX)
    body = response.content.decode()
    assert response.status_code == 200
    assert 'id="version" value="1"' in body
    assert "Un niveau au-dessus de l’auto-évaluation." in re.sub(r"\s", " ", body)
    assert "« point fort »" in re.sub(r"\s", " ", body)


def test_marking_as_read_goes_to_the_next_criterion_left(transmis, reseau, adele):
    client = client_of(adele)
    response = post(client, transmis, relu="1")
    assert response.url == url(transmis, "PER-02")
    assert opinion(transmis, reseau).read_at is not None
    for code in ("PER-02", "PER-08", "DEO-01", "DEO-02", "QUA-01"):
        post(client, transmis, code, niveau="", remarque="", relu="1")
    response = post(client, transmis, "QUA-02", niveau="", remarque="", relu="1")
    assert response.url == reverse("review", args=[transmis.pk])
    assert "Il ne reste rien à relire" in told(response)[0]
    assert "7 relus sur 7 : tout est relu" in text_of(client.get(response.url))


def test_what_the_structure_changed_since_is_to_read_again(transmis, adele, lea, fabrique):
    client = client_of(adele)
    for code in ("PER-01", "PER-02", "DEO-01"):
        post(client, transmis, code, relu="1")
    assert client.get(url(transmis)).context["review"].tally.done == 3
    answer(transmis, "PER-01", 4, justification="Autre chose.", by=lea)
    use_evidence(make_evidence(fabrique), transmis, "PER-02")
    page = client.get(url(transmis))
    assert page.context["review"].tally.done == 1
    assert "Changé depuis votre lecture" in text_of(page)
    assert page.context["line"].news == ("la réponse a changé",)
    assert page.context["review"].by_code["PER-02"].news == ("une preuve a été jointe",)


def test_two_advisors_see_both_opinions_and_lose_none(transmis, reseau, adele, thomas):
    his, hers = client_of(thomas), client_of(adele)
    post(his, transmis, niveau="1", remarque="De Thomas.", note="Sa note.")
    response = post(hers, transmis, niveau="2", remarque="D’Adèle.", note="Ma note.")
    assert response.status_code == 409
    text = text_of(response)
    for sentence in ("Thomas et vous avez modifié cet avis en même temps", "De Thomas.", "D’Adèle.", "Sa note.", "Ma note."):
        assert sentence in text
    kept = OpinionVersion.objects.get(outcome=Outcome.CONFLICT)
    assert (kept.level, kept.remark, kept.private_note, kept.author) == (2, "D’Adèle.", "Ma note.", adele)
    assert (opinion(transmis, reseau).remark, opinion(transmis, reseau).advisor) == ("De Thomas.", thomas)
    fragment = post(hers, transmis, niveau="2", remarque="D’Adèle.", note="Ma note.", headers=HTMX)
    assert fragment.status_code == 409
    assert reverse("review_conflict", args=[transmis.pk, "PER-01", kept.pk]) in fragment.content.decode()
    assert client_of(thomas).get(url(transmis, "PER-01", "review_conflict", kept.pk)).status_code == 200
    merged = post(hers, transmis, version=1, niveau="2", remarque="D’Adèle. De Thomas.", note="Ma note. Sa note.")
    assert merged.status_code == 302
    assert opinion(transmis, reseau).version == 2


def test_a_conflict_of_another_network_or_criterion_is_not_found(transmis, adele, thomas, fabrique):
    post(client_of(thomas), transmis, remarque="Premier.")
    post(client_of(adele), transmis, remarque="Second.")
    kept = OpinionVersion.objects.get(outcome=Outcome.CONFLICT)
    paule = make_user("paule@ailleurs.fr", "Paule Remy")
    other = make_network("Autre réseau", advisor=paule)
    affiliate(fabrique, other)
    Share.objects.create(assessment=transmis, network=other)
    assert client_of(paule).get(url(transmis, "PER-01", "review_conflict", kept.pk)).status_code == 404
    assert client_of(adele).get(url(transmis, "PER-02", "review_conflict", kept.pk)).status_code == 404


def test_a_refused_text_stays_on_the_page_with_its_message(transmis, adele):
    long = "é" * 4_001
    response = post(client_of(adele), transmis, remarque=long, note="Ma note.", demande="Une pièce.", nature="preuve")
    assert response.status_code == 422
    assert (response.context["typed"].remarque, response.context["typed"].note) == (long, "Ma note.")
    assert "4 001 caractères" in text_of(response)
    assert "Une pièce." in response.content.decode()
    fragment = post(client_of(adele), transmis, remarque=long, headers=HTMX)
    assert (fragment.status_code, 'id="erreur-remarque"' in fragment.content.decode()) == (422, True)


@pytest.mark.parametrize("headers", [None, HTMX])
def test_a_dossier_sent_back_meanwhile_refuses_kindly_and_keeps_the_text(transmis, adele, headers):
    client = client_of(adele)
    client.get(url(transmis))
    Assessment.objects.update(status=Status.RETURNED)
    response = post(client, transmis, remarque="Écrit trop tard.", note="Ma note.", headers=headers)
    assert response.status_code == 409
    assert "n’est plus « à relire »" in re.sub(r"\s", " ", response.content.decode())
    if not headers:
        assert "Écrit trop tard." in response.content.decode()
        assert "Ma note." in response.content.decode()
    assert ReviewerOpinion.objects.count() == 0


def test_another_account_on_the_same_page_saves_nothing(transmis, adele, thomas):
    response = post(client_of(adele), transmis, auteur=thomas.pk)
    assert (response.status_code, ReviewerOpinion.objects.count()) == (422, 0)


def test_the_text_of_an_expired_session_comes_back_once_to_its_author(transmis, adele):
    client = client_of(adele)
    client.logout()
    response = post(client, transmis, remarque="Une heure de travail.", note="Ma note.", auteur=adele.pk)
    assert response.url.startswith(reverse("account_login"))
    session = client.session
    kept = dict(session["texte_mis_de_cote"])
    client.force_login(adele)
    session = client.session
    session["texte_mis_de_cote"] = kept
    session.save()
    page = client.get(url(transmis))
    assert (page.context["typed"].remarque, page.context["typed"].note) == ("Une heure de travail.", "Ma note.")
    assert client.get(url(transmis)).context["typed"].remarque == ""


def test_one_s_level_can_be_taken_back(transmis, reseau, adele):
    client = client_of(adele)
    post(client, transmis)
    post(client, transmis, version=1, retirer="1")
    assert (opinion(transmis, reseau).level, opinion(transmis, reseau).remark) == (None, "Une remarque.")


def test_the_page_asks_what_colleagues_wrote(transmis, adele, thomas):
    hers = client_of(adele)
    seen = hers.get(url(transmis)).context["seen"]
    live = url(transmis, name="review_live")
    assert hers.get(f"{live}?vu={seen}").status_code == 204
    post(client_of(thomas), transmis, "PER-02")
    response = hers.get(f"{live}?vu={seen}")
    assert "Thomas Guérin a enregistré un avis sur" in re.sub(r"<[^>]*>|\s+", " ", response.content.decode())
    assert 'id="jeton"' in hers.get(f"{live}?jeton").content.decode()


# --- Requests and remarks ---------------------------------------------------------------------


ASK = {"nature": "precision", "attendue": "", "demande": "Depuis quand ?", "echeance": "2027-03-01", "ajouter": "1"}


def test_a_request_is_added_changed_and_withdrawn_without_javascript(transmis, reseau, adele):
    client = client_of(adele)
    assert post(client, transmis, **ASK).url.endswith("#demandes")
    asked = ReviewRequest.objects.get()
    assert (asked.kind, asked.text, str(asked.due_on), asked.network, asked.asked_by, asked.sent_at) == (
        "precision", "Depuis quand ?", "2027-03-01", reseau, adele, None,
    )  # fmt: skip
    change = url(transmis, "PER-01", "review_request", asked.pk)
    page = client.get(change)
    given = {"avant": page.context["before"], "nature": "preuve", "attendue": "", "demande": "Le registre.", "echeance": ""}
    assert client.post(change, given).url.endswith("#demandes")
    assert client.post(change, given | {"demande": "Autre"}).status_code == 409
    asked.refresh_from_db()
    assert (asked.kind, asked.text, asked.due_on) == ("preuve", "Le registre.", None)
    assert client.post(url(transmis, "PER-01", "review_request_withdraw", asked.pk)).status_code == 302
    assert ReviewRequest.objects.count() == 0


def test_an_expected_piece_makes_it_a_request_for_evidence(transmis, adele):
    key = row(transmis).criterion.expectedevidences.get(position=1)
    post(client_of(adele), transmis, **ASK | {"attendue": str(key.key)})
    asked = ReviewRequest.objects.get()
    assert (asked.kind, asked.expected) == ("preuve", key)


def test_a_request_typed_and_not_added_goes_with_the_reading(transmis, adele):
    given = {name: value for name, value in ASK.items() if name != "ajouter"}
    response = post(client_of(adele), transmis, relu="1", **given)
    assert (response.url, ReviewRequest.objects.get().text) == (url(transmis, "PER-02"), "Depuis quand ?")


def test_a_save_by_itself_adds_no_request(transmis, adele):
    given = {name: value for name, value in ASK.items() if name != "ajouter"}
    post(client_of(adele), transmis, headers=HTMX, **given)
    assert ReviewRequest.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"demande": " "}, {"demande": "x" * 4_001}, {"echeance": "2027-02-30"}, {"attendue": "inconnue"}, {"nature": "autre"}],
)
def test_a_wrong_request_is_refused_beside_its_field_and_the_opinion_kept(transmis, reseau, adele, wrong):
    response = post(client_of(adele), transmis, **ASK | wrong)
    assert (response.status_code, ReviewRequest.objects.count()) == (422, 0)
    assert list(response.context["request_form"].errors) == [*wrong]
    assert opinion(transmis, reseau).remark == "Une remarque."


def test_a_request_of_another_network_is_not_found(transmis, fabrique, adele):
    other = make_network("Autre réseau")
    affiliate(fabrique, other)
    asked = ReviewRequest.objects.create(answer=row(transmis), network=other, kind="preuve", text="D’ailleurs.")
    client = client_of(adele)
    assert "D’ailleurs." not in client.get(url(transmis)).content.decode()
    for name in ("review_request", "review_request_withdraw", "review_request_accept"):
        assert client.post(url(transmis, "PER-01", name, asked.pk), ASK).status_code == 404


def test_a_remark_of_the_network_is_inserted_without_javascript(transmis, reseau, adele):
    kept = StockRemark.objects.create(network=reseau, title="Accord", body="Notez l’accord.")
    response = post(client_of(adele), transmis, remarque="Bien.", modele=kept.pk, inserer="1")
    assert response.url.endswith("#remarque")
    assert opinion(transmis, reseau).remark == "Bien.\n\nNotez l’accord."


def test_a_remark_of_another_network_is_not_inserted(transmis, reseau, adele):
    foreign = StockRemark.objects.create(network=make_network("Ailleurs"), title="Accord", body="Secret.")
    post(client_of(adele), transmis, remarque="Bien.", modele=foreign.pk, inserer="1")
    assert opinion(transmis, reseau).remark == "Bien."


# --- The ways in ------------------------------------------------------------------------------


def test_an_advisor_is_led_to_the_review_from_the_dashboard_and_the_menu(transmis, adele, lea):
    board, review = reverse("dashboard", args=[transmis.pk]), reverse("review", args=[transmis.pk])
    hers = client_of(adele).get(board).content.decode()
    assert "Relire critère par critère" in hers
    assert f'<a href="{review}">Relecture</a>' in hers
    assert reverse("grid", args=[transmis.pk]) not in re.search(r'<nav class="nav-main".*?</nav>', hers, re.DOTALL)[0]
    theirs = client_of(lea).get(board).content.decode()
    assert review not in theirs


def test_a_member_who_looks_as_an_advisor_would_does_not_enter_where_the_network_writes(transmis, lea, adele):
    post(client_of(adele), transmis, remark="Pas encore dite.", note="Entre nous.")
    client = client_of(lea)
    inside = f"/dossiers/{transmis.pk}/apercu/avec"
    board = client.get(f"{inside}/dossiers/{transmis.pk}/").content.decode()
    assert ("Relecture" in board, "/relecture/" in board) == (False, False)
    for path in (url(transmis), reverse("review", args=[transmis.pk]), reverse("send_back", args=[transmis.pk])):
        assert client.get(inside + path).status_code in (302, 404)
        assert client.get(inside + path, follow=True).status_code in (403, 404)

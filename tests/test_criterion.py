"""The entry screen: reading a criterion, answering it, being refused kindly, and what happens in its margin."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.enums import Status
from assessments.models import Action, Answer, AnswerVersion, Assessment, Comment, Outcome, ReviewerOpinion, Share
from certif.accounts.models import Membership
from tests.factories import answer, ask, declare, make_evidence, make_network, opine, say, use_evidence
from tests.people import client_of

HTMX = {"HX-Request": "true"}


def url(dossier, code="PER-02", name="criterion") -> str:
    return reverse(name, args=[dossier.pk, code])


def post(client, dossier, code="PER-02", *, version=0, niveau="2", justification="Un texte.", query="", **more):
    headers = more.pop("headers", None)
    data = {"version": version, "niveau": niveau, "justification": justification} | more
    return client.post(url(dossier, code) + query, data, headers=headers)


def stored(dossier, code="PER-02") -> Answer:
    return Answer.objects.get(assessment=dossier, criterion__code=code)


def text_of(response) -> str:
    """What a person reads: no tags, spaces made plain."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)).strip()


# --- Reading ----------------------------------------------------------------------------------


def test_it_shows_the_criterion_and_its_answer(dossier, karim):
    answer(dossier, "PER-02", 2, justification="La fiche existe.", by=karim)
    response = client_of(karim).get(url(dossier))
    assert response.status_code == 200
    assert (response.context["typed"].niveau, response.context["typed"].justification) == ("2", "La fiche existe.")
    assert response.context["finding"] == "piste de progrès"
    assert '<input type="radio" name="niveau" value="2" checked>' in response.content.decode()
    text = text_of(response)
    for sentence in (
        "PER-02, critère 2 sur 3",
        "Périmètre écrit au niveau 4.",
        "Version 1",
        "Ce que l’auditeur peut demander",
    ):
        assert sentence in text


@pytest.mark.parametrize(("name", "niveaux"), [("PER-02", 6), ("PER-01", 5)])
def test_not_applicable_is_a_choice_where_the_norm_allows_it(dossier, karim, name, niveaux):
    page = client_of(karim).get(url(dossier, name)).content.decode()
    assert page.count('type="radio" name="niveau"') == niveaux


def test_it_takes_six_queries_whatever_there_is_to_show(dossier, karim, lea, fabrique, django_assert_num_queries):
    client = client_of(karim)
    client.get(url(dossier))
    with django_assert_num_queries(6):
        client.get(url(dossier))
    for code in ("PER-01", "PER-02", "DEO-01"):
        answer(dossier, code, 3, justification="x" * 4_000, by=lea)
    row = stored(dossier)
    for number in range(12):
        say(row, f"Remarque {number}. " + "y" * 1_000, by=lea)
        action = Action.objects.create(assessment=dossier, title=f"Action {number}")
        action.criteria.add(row.criterion)
        use_evidence(make_evidence(fabrique, url="https://exemple.fr/preuve"), dossier, "PER-02")
    for register in range(1, 6):
        declare(dossier, f"REG-{register}", services=dossier.services.all())
    for number in range(3):
        network = make_network()
        opine(row, network, lea, 2, "Une remarque.")
        ask(row, network, lea, f"Pièce {number}.")
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.RETURNED)
    with django_assert_num_queries(6):
        response = client.get(url(dossier))
    assert (len(response.context["opinions"]), len(response.context["expectations"])) == (3, 3)
    assert len(response.content) < 150_000


def test_what_a_network_told_stands_beside_the_answer_and_nothing_else_does(dossier, karim, adele, reseau, fabrique):
    """As it was told: what was written since, and what was never sent, are not there."""
    expected = dossier.answers.get(criterion__code="PER-01").criterion.expectedevidences.get(position=1)
    row = stored(dossier, "PER-01")
    opine(row, reseau, adele, 1, "Communiquée.", private_note="Note privée.")
    ReviewerOpinion.objects.update(level=0, remark="Changée depuis.")
    ask(row, reseau, adele, "Les statuts.", expected=expected, due_on=date(2027, 3, 1), answered_at=timezone.now(), answered_by=karim)
    ask(row, reseau, adele, "Pas envoyée.", sent=False)
    ask(row, reseau, adele, "Réglée.", settled_at=timezone.now())
    opine(row, make_network(), adele, 4, "Jamais communiquée.", shown=False)
    opine(stored(dossier, "PER-02"), reseau, adele, 3, "Sur un autre critère.")
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.RETURNED)
    text = text_of(client_of(karim).get(url(dossier, "PER-01")))
    for told in (
        "1 En construction Communiquée.",
        f"Adèle Roche, {reseau}, le ",
        "Les statuts.",
        "Une preuve, Statuts · demandée par Adèle Roche, Réseau des médiateurs · pour le 1er mars 2027",
        "par Karim Benali",
    ):
        assert told in text
    for untold in ("Note privée", "Changée depuis", "Pas envoyée", "Réglée", "Jamais communiquée", "Sur un autre critère"):
        assert untold not in text


def test_a_long_talk_shows_its_last_ten_remarks_first(dossier, karim):
    row = stored(dossier)
    thread = say(row, "Remarque 0.", by=karim).thread
    Comment.objects.bulk_create(Comment(thread=thread, author=karim, body=f"Remarque {number}.") for number in range(1, 12))
    client = client_of(karim)
    shown = re.findall(r"Remarque \d+", text_of(client.get(url(dossier))))
    assert shown == [f"Remarque {number}" for number in range(2, 12)]
    whole = re.findall(r"Remarque \d+", text_of(client.get(url(dossier, name="criterion_threads"))))
    assert whole == [f"Remarque {number}" for number in range(12)]


def test_what_people_write_is_shown_and_never_run(dossier, karim):
    answer(dossier, "PER-02", 2, justification="</textarea><script>alert(1)</script>", by=karim)
    say(stored(dossier), "<img src=x onerror=alert(1)>", by=karim)
    page = client_of(karim).get(url(dossier)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_text_that_starts_with_a_blank_line_comes_back_as_it_was(dossier, karim):
    page = client_of(karim).get(url(dossier)).content.decode()
    assert re.search(r"<textarea[^>]*id=\"justification\"[^>]*>\n", page)


def test_an_unknown_criterion_is_not_found(dossier, karim):
    client = client_of(karim)
    assert client.get(url(dossier, "PER-99")).status_code == 404
    assert post(client, dossier, "PER-99").status_code == 404
    assert client.get(f"/dossiers/{10**20}/criteres/PER-02/").status_code == 404
    assert client.post(f"/dossiers/{10**20}/criteres/PER%00/", {}).status_code == 404


def test_a_stranger_finds_nothing_and_saves_nothing(dossier, oscar):
    client = client_of(oscar)
    assert client.get(url(dossier)).status_code == 404
    assert post(client, dossier).status_code == 404
    assert stored(dossier).version == 0


def test_a_reader_reads_and_is_told_why_not_write(dossier, lise, karim):
    answer(dossier, "PER-02", 2, justification="La fiche existe.", by=karim)
    client = client_of(lise)
    response = client.get(url(dossier))
    assert 'id="reponse"' not in response.content.decode()
    assert "Vous lisez ce dossier." in text_of(response)
    assert "La fiche existe." in text_of(response)
    assert post(client, dossier, version=1, justification="Autre.").status_code == 403
    assert stored(dossier).justification == "La fiche existe."


def test_an_advisor_reads_what_is_shared_but_not_what_colleagues_say(dossier, adele, reseau, lea, karim):
    say(stored(dossier), "Entre nous.", by=karim)
    Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    client = client_of(adele)
    response = client.get(url(dossier))
    assert "Ce dossier vous est partagé" in text_of(response)
    assert "Entre nous." not in response.content.decode()
    assert [circle.name for circle in response.context["talk"].circles] == ["Avec Réseau des médiateurs"]
    assert {each.name: each.count for each in response.context["grid"].filters}["commentes"] == 0
    assert post(client, dossier).status_code == 403


def test_a_closed_dossier_is_read_only_and_says_so(dossier, lea):
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)
    response = client_of(lea).get(url(dossier))
    assert "Ce dossier est « clôturée » : ses réponses ne changent plus." in text_of(response).replace("\u202f", " ")
    assert 'id="reponse"' not in response.content.decode()


def test_an_out_of_scope_criterion_says_which_register_would_bring_it_in(dossier, karim):
    client = client_of(karim)
    response = client.get(url(dossier, "DEO-03"))
    assert "Hors de votre périmètre aujourd’hui." in text_of(response)
    assert [register.code for register in response.context["needed_registers"]] == ["REG-8"]
    assert 'id="reponse"' not in response.content.decode()
    declare(dossier, "REG-8")
    assert 'id="reponse"' in client.get(url(dossier, "DEO-03")).content.decode()


def test_the_register_criterion_counts_the_registers_and_says_when_it_disagrees(dossier, fabrique, karim):
    client = client_of(karim)
    counter = client.get(url(dossier, "PER-08")).context["registers"]
    assert (counter.covered, counter.total, counter.minimum, counter.disagrees) == (0, 8, 5, False)
    answer(dossier, "PER-08", 3, by=karim)
    response = client.get(url(dossier, "PER-08"))
    assert response.context["registers"].disagrees is True
    assert "l’un des deux est à revoir" in text_of(response)
    assert client.get(url(dossier, "PER-01")).context["registers"] is None


def test_the_way_up_lists_the_next_level_s_actions_and_those_already_planned(dossier, karim):
    client = client_of(karim)
    way = client.get(url(dossier)).context["way_up"]
    assert (way.level.value, [planned for _, planned in way.actions]) == (3, [None])
    suggested = stored(dossier).criterion.suggestedactions.get(position=1)
    action = Action.objects.create(assessment=dossier, suggested=suggested, title=suggested.title)
    action.criteria.add(suggested.criterion)
    way = client.get(url(dossier)).context["way_up"]
    assert [planned.id for _, planned in way.actions] == [action.pk]
    answer(dossier, "PER-02", 4, by=karim)
    assert client.get(url(dossier)).context["way_up"] is None


# --- Going through ----------------------------------------------------------------------------


def neighbours(client, dossier, code, query=""):
    context = client.get(url(dossier, code) + query).context
    return tuple(line and line.criterion.code for line in (context["previous"], context["following"]))


def test_next_and_previous_cross_chapters_and_skip_what_is_out_of_scope(dossier, karim):
    client = client_of(karim)
    assert neighbours(client, dossier, "PER-01") == (None, "PER-02")
    assert neighbours(client, dossier, "PER-08") == ("PER-02", "DEO-01")
    assert neighbours(client, dossier, "DEO-02") == ("DEO-01", "QUA-01")
    assert neighbours(client, dossier, "QUA-02") == ("QUA-01", None)


def test_next_and_previous_stay_inside_the_filter(dossier, karim):
    client = client_of(karim)
    assert neighbours(client, dossier, "PER-02", "?filtre=bloquants") == ("PER-01", "PER-08")
    page = client.get(url(dossier, "PER-01") + "?filtre=bloquants").content.decode()
    assert f'href="{url(dossier, "PER-08")}?filtre=bloquants" rel="next"' in page


def test_the_end_of_a_filter_says_a_kind_word(dossier, karim):
    response = client_of(karim).get(url(dossier, "DEO-01") + "?filtre=bloquants")
    assert "C’était le dernier « Bloquants » Beau travail" in text_of(response).replace("\u202f", " ").replace(
        "\xa0", " "
    )


def test_an_unknown_filter_is_no_filter(dossier, karim):
    assert neighbours(client_of(karim), dossier, "PER-01", "?filtre=nimporte") == (None, "PER-02")


# --- Saving -----------------------------------------------------------------------------------


def test_a_plain_post_saves_and_comes_back(dossier, karim):
    response = post(client_of(karim), dossier, query="?filtre=a-faire")
    assert (response.status_code, response.url) == (302, url(dossier) + "?filtre=a-faire")
    assert (stored(dossier).level, stored(dossier).justification, stored(dossier).version) == (2, "Un texte.", 1)


def test_a_plain_post_of_nothing_new_says_so(dossier, karim):
    answer(dossier, "PER-02", 2, justification="Un texte.", by=karim)
    response = post(client_of(karim), dossier, version=1)
    assert response.status_code == 302
    assert stored(dossier).version == 1


def test_autosave_answers_with_the_version_the_time_and_the_finding(dossier, karim):
    response = post(client_of(karim), dossier, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert '<input type="hidden" name="version" id="version" value="1">' in page
    assert re.search(r"Enregistré à \d+\xa0h\xa0\d\d", page)
    assert "<b>piste de progrès</b>" in page


def test_autosave_takes_eight_queries(dossier, karim, django_assert_num_queries):
    client = client_of(karim)
    client.get(url(dossier))
    with django_assert_num_queries(8):
        assert post(client, dossier, headers=HTMX).status_code == 200


def test_not_applicable_is_saved_with_its_reason(dossier, karim):
    post(client_of(karim), dossier, niveau="nc", justification="Un seul site, une seule équipe.")
    assert (stored(dossier).not_applicable, stored(dossier).level) == (True, None)


def test_an_answer_can_be_withdrawn(dossier, karim):
    answer(dossier, "PER-02", 2, justification="Un texte.", by=karim)
    post(client_of(karim), dossier, version=1, retirer="1")
    assert (stored(dossier).level, stored(dossier).justification, stored(dossier).version) == (None, "Un texte.", 2)


REFUSED = {
    "too long": ({"justification": "x" * 4_001}, "justification", "Ce texte compte 4\u202f001 caractères"),
    "unjustified": ({"niveau": "nc", "justification": "Un seul site."}, "justification", "Encore 7\xa0caractères"),
    "unknown level": ({"niveau": "9"}, "niveau", "Ce niveau n’existe pas"),
    "not a level": ({"niveau": "deux"}, "niveau", "Ce niveau n’existe pas"),
    "both": ({"niveau": ["2", "nc"]}, "niveau", "pas les deux"),
    "no version": ({"version": ""}, "version", "Cette page est incomplète"),
    "absurd version": ({"version": "9" * 30}, "version", "Cette page est incomplète"),
    "someone else’s page": ({"auteur": "999999"}, "auteur", "sous un autre compte que celui de Karim Benali"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_stays_in_the_page_with_its_reason(dossier, karim, case):
    given, field, message = REFUSED[case]
    response = post(client_of(karim), dossier, **given)
    assert response.status_code == 422
    assert set(response.context["typed"].errors) == {field}
    assert message in response.context["typed"].errors[field]
    assert message in response.content.decode()
    assert response.context["typed"].justification == given.get("justification", "Un texte.")
    assert stored(dossier).version == 0


@pytest.mark.parametrize("case", REFUSED)
def test_autosave_is_refused_with_the_message_alone(dossier, karim, case):
    given, field, message = REFUSED[case]
    response = post(client_of(karim), dossier, **given, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="erreur-{field}" data-erreur>' in page
    assert message in page
    assert "Pas encore enregistré" in page
    assert stored(dossier).version == 0


def test_a_stale_plain_post_is_shown_beside_the_other_text(dossier, karim, lea):
    answer(dossier, "PER-02", 1, justification="Le texte de Léa.", by=lea)
    response = post(client_of(karim), dossier, justification="Le texte de Karim.")
    assert response.status_code == 409
    text = text_of(response)
    for words in ("Léa et vous avez modifié cette réponse en même temps", "Le texte de Karim .", "Le texte de Léa ."):
        assert words in text
    assert stored(dossier).justification == "Le texte de Léa."
    kept = AnswerVersion.objects.get(outcome=Outcome.CONFLICT)
    assert (kept.justification, kept.author) == ("Le texte de Karim.", karim)


def test_a_stale_autosave_names_the_other_and_leads_to_both_texts(dossier, karim, lea):
    answer(dossier, "PER-02", 1, justification="Le texte de Léa.", by=lea)
    response = post(client_of(karim), dossier, headers=HTMX)
    kept = AnswerVersion.objects.get(outcome=Outcome.CONFLICT)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Léa a aussi modifié cette réponse" in page
    assert reverse("conflict", args=[dossier.pk, "PER-02", kept.pk]) in page


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "autosave"])
def test_a_late_save_on_a_closed_dossier_keeps_the_text(dossier, karim, headers):
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)
    response = post(client_of(karim), dossier, justification="Trop tard.", headers=headers)
    assert response.status_code == 409
    assert "n’accepte plus de réponse" in response.content.decode()
    assert AnswerVersion.objects.get(outcome=Outcome.CONFLICT).justification == "Trop tard."
    assert stored(dossier).version == 0


def test_a_removed_colleague_saves_nothing_more(dossier, karim):
    client = client_of(karim)
    Membership.objects.get(user=karim).delete()
    assert post(client, dossier).status_code == 404
    assert stored(dossier).version == 0


def test_without_a_token_nothing_is_saved(dossier, karim):
    client = client_of(karim)
    client.handler.enforce_csrf_checks = True
    assert post(client, dossier).status_code == 403
    assert stored(dossier).version == 0


# --- A session that ended ---------------------------------------------------------------------


def test_anonymous_goes_to_login(client, dossier):
    response = client.get(url(dossier))
    assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next={url(dossier)}")


def test_a_form_sent_after_the_session_ended_gives_its_text_back_after_login(client, dossier, karim):
    response = post(client, dossier, niveau="3", justification="Écrit pendant une heure.", auteur=karim.pk)
    assert response.status_code == 302
    assert stored(dossier).version == 0
    client.force_login(karim)
    response = client.get(url(dossier))
    typed = response.context["typed"]
    assert (typed.niveau, typed.justification, typed.rescued) == ("3", "Écrit pendant une heure.", True)
    assert "Votre session avait expiré." in text_of(response)
    assert client.get(url(dossier)).context["typed"].justification == ""


def test_that_text_is_shown_to_nobody_else(client, dossier, karim, lea):
    post(client, dossier, justification="Écrit par Karim.", auteur=karim.pk)
    client.force_login(lea)
    assert "Écrit par Karim." not in client.get(url(dossier)).content.decode()
    assert "texte_mis_de_cote" not in client.session


# --- In the margin ----------------------------------------------------------------------------


def test_a_criterion_is_given_to_a_colleague(dossier, lea, karim):
    client = client_of(lea)
    response = client.post(url(dossier, name="criterion_assign") + "?filtre=a-faire", {"personne": karim.pk})
    assert response.url == url(dossier) + "?filtre=a-faire#marge"
    assert stored(dossier).assigned_to == karim
    client.post(url(dossier, name="criterion_assign"), {"personne": ""})
    assert stored(dossier).assigned_to is None


def test_a_criterion_is_given_neither_to_a_reader_nor_to_a_stranger(dossier, lea, lise, oscar):
    client = client_of(lea)
    for person in (lise, oscar):
        response = client.post(url(dossier, name="criterion_assign"), {"personne": person.pk}, follow=True)
        assert "Cette personne n’écrit pas dans les dossiers de la structure." in text_of(response)
    assert stored(dossier).assigned_to is None


def test_the_margin_is_closed_to_those_who_may_not_write(dossier, lise, oscar, lea):
    name, data = "criterion_assign", {"personne": ""}
    assert client_of(lise).post(url(dossier, name=name), data).status_code == 403
    assert client_of(oscar).post(url(dossier, name=name), data).status_code == 404
    assert client_of(lea).get(url(dossier, name=name)).status_code == 405
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)
    assert client_of(lea).post(url(dossier, name=name), data).status_code == 409


# --- What colleagues do meanwhile -------------------------------------------------------------


def live(client, dossier, seen, query=""):
    return client.get(f"{url(dossier, name='criterion_live')}?vu={seen}{query}")


def test_nothing_new_is_an_empty_answer(dossier, karim, django_assert_num_queries):
    client = client_of(karim)
    seen = client.get(url(dossier)).context["seen"]
    with django_assert_num_queries(3):
        response = live(client, dossier, seen)
    assert (response.status_code, response.content) == (204, b"")


def test_a_colleague_s_save_is_told_with_the_rail(dossier, karim, lea, django_assert_num_queries):
    client = client_of(karim)
    seen = client.get(url(dossier)).context["seen"]
    post(client_of(lea), dossier, "PER-01", niveau="3")
    with django_assert_num_queries(5):
        response = live(client, dossier, seen)
    assert response.status_code == 200
    assert [(news.line.criterion.code, news.here) for news in response.context["news"]] == [("PER-01", False)]
    page = response.content.decode()
    assert re.search(r"Léa Martin a enregistré <a [^>]*>PER-01</a> à \d+\xa0h", page)
    assert "1 critère sur 7" in re.sub(r"<[^>]*>", "", page)
    assert live(client, dossier, response.context["seen"]).status_code == 204


def test_one_s_own_saves_are_no_news(dossier, karim):
    client = client_of(karim)
    seen = client.get(url(dossier)).context["seen"]
    post(client, dossier, "PER-01")
    assert live(client, dossier, seen).context["news"] == []


def test_a_save_on_the_criterion_being_read_offers_its_version(dossier, karim, lea):
    client = client_of(karim)
    seen = client.get(url(dossier)).context["seen"]
    post(client_of(lea), dossier)
    response = live(client, dossier, seen)
    assert [news.here for news in response.context["news"]] == [True]
    assert "Voir sa version" in response.content.decode()


def test_the_token_and_the_person_are_told_on_demand(dossier, karim):
    client = client_of(karim)
    page = live(client, dossier, 10**18, "&jeton").content.decode()
    assert f'data-utilisateur="{karim.pk}"' in page


def test_the_news_are_for_those_who_may_read(dossier, oscar, client):
    assert live(client_of(oscar), dossier, 0).status_code == 404
    assert live(client, dossier, 0).status_code == 302

"""Sending back, validating, opening again: what is shown is what is told, and nothing else ever is."""

import re

from django.urls import reverse
from django.utils import timezone

from assessments import reviews
from assessments.enums import Status
from assessments.models import Assessment, Event, ReviewerOpinion, ReviewRequest, Share
from tests.factories import affiliate, make_network
from tests.people import client_of
from tests.test_review_verbs import ask, opinion, row, save


def url(dossier, name="send_back") -> str:
    return reverse(name, args=[dossier.pk])


def text_of(response) -> str:
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)).strip()


def take(client, dossier, name="send_back", **given):
    seen = client.get(url(dossier, name)).context["seen"]
    return client.post(url(dossier, name), {"vu": seen, "reason": "Il manque deux pièces."} | given)


def test_the_page_tells_what_will_be_told(transmis, reseau, adele):
    save(transmis, reseau, adele, level=1, remark="À revoir.", note="Entre nous.")
    save(transmis, reseau, adele, level=3, remark="", code="PER-02")
    ask(transmis, reseau, adele, text="Les statuts signés.")
    reviews.mark_read(row(transmis), reseau, by=adele, read=True)
    page = client_of(adele).get(url(transmis))
    (told,) = page.context["told"]
    assert [line.criterion.code for line in told.lines] == ["PER-01"]
    assert [line.criterion.code for line in told.agreed] == ["PER-02"]
    assert [line.criterion.code for line in told.unread] == ["PER-02", "PER-08", "DEO-01", "DEO-02", "QUA-01", "QUA-02"]
    assert (told.gaps, told.remarks, told.requests) == (1, 1, 1)
    text = text_of(page)
    for sentence in ("À revoir.", "Les statuts signés.", "1 écart de niveau, 1 remarque, 1 demande"):
        assert sentence in text
    assert "Entre nous." not in text


def test_sending_back_tells_it_and_opens_the_dossier(transmis, reseau, adele):
    save(transmis, reseau, adele, level=1, remark="À revoir.", note="Entre nous.")
    ask(transmis, reseau, adele)
    response = take(client_of(adele), transmis)
    assert response.url == reverse("review", args=[transmis.pk])
    transmis.refresh_from_db()
    stored = opinion(transmis, reseau)
    assert (transmis.status, stored.shown_level, stored.shown_remark) == (Status.RETURNED, 1, "À revoir.")
    assert ReviewRequest.objects.get().sent_at == stored.shown_at
    event = Event.objects.get(verb="dossier_renvoye")
    assert event.after["motif"] == "Il manque deux pièces."
    assert "Entre nous." not in str(event.after)


def test_validating_tells_it_and_ends_the_dossier(transmis, reseau, adele):
    save(transmis, reseau, adele, level=3, remark="Rien à reprendre.")
    client = client_of(adele)
    assert take(client, transmis, "validate").url == reverse("review", args=[transmis.pk])
    transmis.refresh_from_db()
    assert (transmis.status, opinion(transmis, reseau).shown_remark) == (Status.VALIDATED, "Rien à reprendre.")
    assert client.post(reverse("review_reopen", args=[transmis.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("review_reopen", args=[transmis.pk]), {"reason": "Une pièce est fausse."}).status_code == 302
    transmis.refresh_from_db()
    assert transmis.status == Status.RETURNED


def test_a_message_is_needed_and_what_was_typed_stays(transmis, adele):
    response = take(client_of(adele), transmis, reason="  ")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["reason"])
    assert Assessment.objects.get(pk=transmis.pk).status == Status.SUBMITTED


def test_what_a_colleague_writes_meanwhile_is_shown_before_it_is_told(transmis, reseau, adele, thomas):
    client = client_of(adele)
    seen = client.get(url(transmis)).context["seen"]
    save(transmis, reseau, thomas, remark="Écrit entre-temps.")
    response = client.post(url(transmis), {"vu": seen, "reason": "Voici la liste."})
    assert response.status_code == 409
    assert "Écrit entre-temps." in text_of(response)
    assert "Voici la liste." in response.content.decode()
    assert Assessment.objects.get(pk=transmis.pk).status == Status.SUBMITTED


def test_an_opinion_told_then_emptied_is_said_to_be_taken_back(transmis, reseau, adele):
    save(transmis, reseau, adele, remark="À revoir.")
    take(client_of(adele), transmis)
    Assessment.objects.filter(pk=transmis.pk).update(status=Status.SUBMITTED)
    save(transmis, reseau, adele, based_on=1, level=None, remark="")
    page = client_of(adele).get(url(transmis))
    assert "vous retirez votre avis précédent" in text_of(page)


def test_each_network_of_an_advisor_tells_its_own(transmis, fabrique, reseau, adele):
    other = make_network("Autre réseau", advisor=adele)
    affiliate(fabrique, other)
    Share.objects.create(assessment=transmis, network=other)
    save(transmis, reseau, adele, remark="De l’un.")
    save(transmis, other, adele, remark="De l’autre.")
    page = client_of(adele).get(url(transmis))
    assert [(told.network, told.remarks) for told in page.context["told"]] == [(other, 1), (reseau, 1)]
    assert {"De l’un.", "De l’autre."} <= set(re.findall(r"De l’\w+\.", text_of(page)))
    take(client_of(adele), transmis)
    assert ReviewerOpinion.objects.exclude(shown_at=None).count() == 2


def test_what_another_network_wrote_is_not_told(transmis, fabrique, reseau, adele):
    other = make_network("Autre réseau")
    affiliate(fabrique, other)
    Share.objects.create(assessment=transmis, network=other)
    ReviewerOpinion.objects.create(answer=row(transmis), network=other, level=0, remark="D’ailleurs.")
    assert "D’ailleurs." not in text_of(client_of(adele).get(url(transmis)))
    take(client_of(adele), transmis)
    assert opinion(transmis, other).shown_at is None


def test_a_step_that_is_no_longer_possible_says_so(transmis, adele):
    client = client_of(adele)
    seen = client.get(url(transmis)).context["seen"]
    Assessment.objects.update(status=Status.RETURNED)
    for name in ("send_back", "validate"):
        response = client.post(url(transmis, name), {"vu": seen, "reason": "Trop tard."})
        assert response.status_code == 409
        assert "renvoyée à la structure" in text_of(response)


def test_after_a_withdrawal_nothing_answers(transmis, adele):
    Share.objects.update(revoked_at=timezone.now())
    for name in ("send_back", "validate", "review_reopen"):
        assert client_of(adele).post(url(transmis, name), {"reason": "x"}).status_code == 404

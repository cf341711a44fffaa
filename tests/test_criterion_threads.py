"""Talking beside a criterion: opening a thread, answering, calling somebody, settling, having read; who reads what."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import sharing, talk
from assessments.enums import Status
from assessments.models import Answer, Assessment, Comment, Event, Share, Thread, ThreadRead
from assessments.threads import Person
from certif.accounts.models import NetworkMembership, User
from certif.dates import stamp
from tests.factories import make_network, make_user, say
from tests.people import client_of

HTMX = {"HX-Request": "true"}
CODE = "PER-02"


def url(dossier, name="criterion_threads", thread=None, code=CODE) -> str:
    return reverse(name, args=[dossier.pk, code] + ([thread.pk] if thread else []))


def row(dossier, code=CODE) -> Answer:
    return Answer.objects.select_related("assessment").get(assessment=dossier, criterion__code=code)


@pytest.fixture
def shared(dossier, reseau, lea) -> Share:
    return Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)


@pytest.fixture
def elsewhere(shared, fabrique, dossier, lea) -> User:
    """Advises another network the dossier is shared with."""
    user = make_user("marc@ailleurs.fr", "Marc Ailleurs")
    network = make_network("Autre réseau", advisor=user)
    network.affiliations.create(structure=fabrique)
    Share.objects.create(assessment=dossier, network=network, shared_by=lea)
    return user


def read(user, dossier, where="criterion_threads") -> dict[str, list[list[str]]]:
    """What a person reads on a page: by circle, the texts of each thread."""
    found = client_of(user).get(url(dossier, where)).context["talk"]
    return {circle.name: [[remark.body for remark in thread.remarks] for thread in circle.threads] for circle in found.circles}


# --- Who reads what ---------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["criterion_threads", "criterion"])
def test_each_reads_the_circles_they_belong_to(dossier, shared, reseau, elsewhere, lea, lise, adele, where):
    say(row(dossier), "Entre nous.", by=lea)
    say(row(dossier), "Une question au réseau.", by=lea, network=reseau)
    say(row(dossier, "PER-01"), "Ailleurs.", by=lea)
    colleagues, network, other = "Entre collègues", "Avec Réseau des médiateurs", "Avec Autre réseau"

    everything = {colleagues: [["Entre nous."]], other: [], network: [["Une question au réseau."]]}
    assert read(lea, dossier, where) == read(lise, dossier, where) == everything
    assert read(adele, dossier, where) == {network: [["Une question au réseau."]]}
    assert read(elsewhere, dossier, where) == {other: []}


def test_a_withdrawn_share_leaves_the_threads_to_the_structure_alone(dossier, shared, reseau, lea, adele):
    thread = say(row(dossier), "Une question au réseau.", by=adele, network=reseau).thread
    assert Thread.objects.visible_to(adele).get() == thread

    sharing.withdraw(shared, by=lea)

    assert client_of(adele).get(url(dossier)).status_code == 404
    assert Thread.objects.visible_to(adele).count() == 0
    assert read(lea, dossier) == {"Entre collègues": [], "Avec Réseau des médiateurs": [["Une question au réseau."]]}
    refused = client_of(lea).post(url(dossier, "thread_reply", thread), {"body": "Trop tard."})
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Le dossier n’est plus partagé avec ce réseau" in page
    assert re.search(r"<textarea[^>]*>\nTrop tard\.</textarea>", page)
    assert Comment.objects.count() == 1


def test_someone_who_leaves_the_network_reads_no_more(dossier, shared, reseau, adele, lea):
    say(row(dossier), "Une question.", by=lea, network=reseau)
    NetworkMembership.objects.filter(user=adele).delete()
    assert client_of(adele).get(url(dossier)).status_code == 404


# --- Writing ----------------------------------------------------------------------------------


def test_a_thread_is_opened_once_and_shown(dossier, karim):
    client = client_of(karim)
    for _ in range(2):
        response = client.post(url(dossier), {"body": "Relire\r\nla fiche.", "reseau": "0", "suite": "/dossiers/?liste"})
        assert response.url == f"/dossiers/?liste#fil-{Thread.objects.get().pk}"
    thread = Thread.objects.get()
    assert (thread.network, thread.opened_by, thread.answer.criterion.code) == (None, karim, CODE)
    assert [(said.body, said.author) for said in thread.comments.all()] == [("Relire\nla fiche.", karim)]
    event = Event.objects.get()
    assert (event.verb, event.actor, event.after) == (
        "critere_commente", karim,
        {"reponse": thread.answer_id, "fil": thread.pk, "reseau": None, "commentaire": thread.comments.get().pk},
    )  # fmt: skip


def test_both_sides_talk_in_the_same_thread(dossier, shared, reseau, adele, karim):
    client_of(adele).post(url(dossier), {"body": "Depuis quand ?", "reseau": reseau.pk})
    thread = Thread.objects.get()
    client_of(karim).post(url(dossier, "thread_reply", thread), {"body": "Depuis mars."})
    assert [(said.author, said.body) for said in thread.comments.all()] == [(adele, "Depuis quand ?"), (karim, "Depuis mars.")]


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.VALIDATED])
def test_one_talks_while_the_network_reads(dossier, shared, reseau, adele, lea, status):
    Assessment.objects.filter(pk=dossier.pk).update(status=status)
    for user in (adele, lea):
        assert client_of(user).post(url(dossier), {"body": f"De {user}.", "reseau": reseau.pk}).status_code == 302
    assert Comment.objects.count() == 2


@pytest.mark.parametrize("status", [Status.CLOSED, Status.ARCHIVED])
def test_nobody_talks_in_a_closed_dossier(dossier, lea, status):
    thread = say(row(dossier), by=lea).thread
    Assessment.objects.filter(pk=dossier.pk).update(status=status)
    client = client_of(lea)
    for name, given in (("criterion_threads", None), ("thread_reply", thread), ("thread_settle", thread), ("thread_reopen", thread)):
        assert client.post(url(dossier, name, given), {"body": "Trop tard."}).status_code == 409
    assert Comment.objects.count() == 1
    with pytest.raises(talk.TalkClosed):
        talk.open_thread(row(dossier), by=lea, body="Par la porte de derrière.")


def test_who_only_reads_reads(dossier, shared, reseau, lise, lea):
    thread = say(row(dossier), by=lea).thread
    client = client_of(lise)
    for name, given in (("criterion_threads", None), ("thread_reply", thread), ("thread_settle", thread)):
        assert client.post(url(dossier, name, given), {"body": "Bonjour."}).status_code == 403
    assert "<textarea" not in client.get(url(dossier)).content.decode()
    assert (Comment.objects.count(), Thread.objects.open().count()) == (1, 1)


def test_a_circle_one_is_not_in_is_not_found(dossier, shared, reseau, elsewhere, adele, lea):
    """Foreign = missing, in the form as in the path."""
    inside = say(row(dossier), "Entre nous.", by=lea).thread
    other = say(row(dossier), "Avec les autres.", by=elsewhere, network=NetworkMembership.objects.get(user=elsewhere).network).thread
    client = client_of(adele)
    for network in ("", "0", str(other.network_id), "987654", "²", "x" * 30):
        assert client.post(url(dossier), {"body": "Bonjour.", "reseau": network}).status_code == 404
    for thread in (inside, other):
        for name in ("thread_reply", "thread_settle", "thread_reopen"):
            assert client.post(url(dossier, name, thread), {"body": "Bonjour."}).status_code == 404
    elsewhere_in_the_dossier = say(row(dossier, "PER-01"), by=lea).thread
    assert client_of(lea).post(url(dossier, "thread_reply", elsewhere_in_the_dossier), {"body": "Ici."}).status_code == 404
    assert Comment.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "message"),
    [("  ", "Écrivez votre message"), ("x" * 4_001, "la limite est de 4\u202f000")],
    ids=["empty", "too long"],
)
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_refused_text_stays_in_its_field(dossier, karim, lea, body, message, headers):
    thread = say(row(dossier), "Bonjour.", by=lea).thread
    response = client_of(karim).post(url(dossier, "thread_reply", thread), {"body": body}, headers=headers)
    assert response.status_code == 422
    page = response.content.decode()
    assert message in re.search(rf'id="erreur-reponse-{thread.pk}">([^<]*)<', page)[1]
    assert f"\n{body}</textarea>" in page
    assert ("<main" in page) == (not headers)
    assert Comment.objects.count() == 1


def test_with_htmx_the_threads_come_back_alone(dossier, karim):
    response = client_of(karim).post(url(dossier), {"body": "Bonjour.", "suite": "/x/"}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.lstrip().startswith('<div class="threads" id="fils"')
    assert f'data-focus="fil-{Thread.objects.get().pk}"' in page
    assert 'name="suite" value="/x/"' in page


@pytest.mark.parametrize("suite", ["https://ailleurs.fr/", "//ailleurs.fr/", "javascript:alert(1)", "/\\ailleurs.fr", ""])
def test_one_is_never_led_elsewhere(dossier, karim, suite):
    response = client_of(karim).post(url(dossier), {"body": "Bonjour.", "suite": suite})
    assert response.url == f"{url(dossier)}#fil-{Thread.objects.get().pk}"


# --- Settling ---------------------------------------------------------------------------------


def test_a_thread_is_settled_then_opened_again_by_whoever_answers(dossier, karim, lea):
    thread = say(row(dossier), by=lea).thread
    client = client_of(karim)
    for _ in range(2):
        assert client.post(url(dossier, "thread_settle", thread)).url == f"{url(dossier)}#fil-{thread.pk}"
    thread.refresh_from_db()
    assert thread.resolved_by == karim
    assert "1\xa0fil réglé" in client.get(url(dossier)).content.decode()

    client.post(url(dossier, "thread_reopen", thread))
    assert Thread.objects.open().get() == thread
    talk.settle(Thread.objects.select_related("answer__assessment").get(), by=lea)
    client.post(url(dossier, "thread_reply", thread), {"body": "Encore un mot."})
    assert Thread.objects.open().get().resolved_by is None
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "fil_regle", "fil_rouvert", "fil_regle", "critere_commente",
    ]  # fmt: skip


# --- Calling somebody -------------------------------------------------------------------------


def called() -> list[str]:
    return [person.name for person in Comment.objects.get().mentions.order_by("name")]


def test_somebody_picked_in_the_list_is_called_and_named(dossier, karim, lea):
    client_of(karim).post(url(dossier), {"body": "Un avis ?", "personne": lea.pk})
    assert (called(), Comment.objects.get().body) == (["Léa Martin"], "@Léa Martin Un avis ?")


def test_somebody_named_in_the_text_is_called(dossier, shared, reseau, karim, lea, lise, adele):
    client_of(karim).post(url(dossier), {"body": "@Léa Martin, et @adèle roche ?\nlise@Lise Petit", "reseau": reseau.pk})
    assert called() == ["Adèle Roche", "Léa Martin"]


def test_one_does_not_call_oneself(dossier, karim):
    client_of(karim).post(url(dossier), {"body": "@Karim Benali, pense à la fiche."})
    assert called() == []


def test_the_longest_name_is_the_one_called():
    people = [Person(1, "Léa Martin"), Person(2, "Léa Martineau"), Person(3, "Jean-Noël d’Arc (suppléant)")]
    assert talk.called_in("@Léa Martineau", people) == {2}
    assert talk.called_in("@Léa Martin.", people) == {1}
    assert talk.called_in("@Léa Martini", people) == set()
    assert talk.called_in("(@jean-noël d’arc (suppléant)", people) == {3}


def test_who_does_not_see_the_thread_cannot_be_called(dossier, shared, karim, adele, oscar):
    client = client_of(karim)
    for body, personne, message in (
        ("@Adèle Roche, un avis ?", "", "Adèle Roche ne voit pas ce fil."),
        ("Un avis ?", str(adele.pk), "Cette personne ne voit pas ce fil"),
        ("Un avis ?", str(oscar.pk), "Cette personne ne voit pas ce fil"),
        ("Un avis ?", "²", "Cette personne ne voit pas ce fil"),
    ):
        response = client.post(url(dossier), {"body": body, "personne": personne})
        page = response.content.decode()
        assert (response.status_code, message in page, f"\n{body}</textarea>" in page) == (422, True, True)
    # A name nobody here is known by is only a text: refusing it would say who has an account.
    assert client.post(url(dossier), {"body": "@Oscar Weil, un avis ?"}).status_code == 302
    assert called() == []


def test_the_verb_itself_refuses_who_does_not_see(dossier, shared, lea, adele):
    with pytest.raises(talk.CannotSee):
        talk.open_thread(row(dossier), by=lea, body="Bonjour.", mentions=[adele.pk])
    assert (Thread.objects.count(), Event.objects.count()) == (0, 0)


def test_nobody_disabled_or_gone_is_proposed(dossier, shared, reseau, karim, lise, adele, lea):
    User.objects.filter(pk=lise.pk).update(is_active=False)
    page = client_of(karim).get(url(dossier))
    proposed = {circle.network: [person.name for person in circle.people] for circle in page.context["talk"].circles}
    assert proposed == {0: ["Léa Martin"], reseau.pk: ["Adèle Roche", "Léa Martin"]}


# --- Having read ------------------------------------------------------------------------------


def unread(user, dossier) -> list[str]:
    grid = client_of(user).get(reverse("grid", args=[dossier.pk])).context["grid"]
    return [line.criterion.code for line in grid.lines if line.unread]


def test_what_others_say_is_new_until_read(dossier, shared, reseau, karim, lea, adele):
    said = say(row(dossier), "Bonjour.", by=lea)
    network = say(row(dossier, "PER-01"), "Bonjour.", by=lea, network=reseau)
    assert (unread(lea, dossier), unread(karim, dossier), unread(adele, dossier)) == ([], ["PER-01", CODE], ["PER-01"])
    assert "Du nouveau pour vous." in client_of(karim).get(url(dossier)).content.decode()

    client = client_of(karim)
    assert client.post(url(dossier, "threads_read"), {"vu": stamp(said.created_at)}).url == f"{url(dossier)}#fils"
    assert unread(karim, dossier) == ["PER-01"]
    assert "Du nouveau pour vous." not in client.get(url(dossier)).content.decode()

    later = Comment.objects.create(thread=said.thread, author=lea, body="Encore.")
    assert unread(karim, dossier) == ["PER-01", CODE]
    client.post(url(dossier, "threads_read"), {"vu": stamp(said.created_at)}, headers=HTMX)
    assert unread(karim, dossier) == ["PER-01", CODE]
    client.post(url(dossier, "threads_read"), {"vu": stamp(later.created_at)}, headers=HTMX)
    client.post(url(dossier, "threads_read", code="PER-01"), {"vu": stamp(network.created_at)})
    assert unread(karim, dossier) == []


@pytest.mark.parametrize("seen", ["", "²", "-1", "9" * 18, "9" * 40])
def test_a_moment_that_makes_no_sense_reads_nothing(dossier, karim, lea, seen):
    say(row(dossier), by=lea)
    assert client_of(karim).post(url(dossier, "threads_read"), {"vu": seen}).status_code == 302
    assert ThreadRead.objects.count() == 0


def test_reading_never_takes_back_what_was_read_later(dossier, lea, karim):
    said = say(row(dossier), by=lea)
    now = timezone.now()
    talk.mark_read([said.thread_id], by=karim, until=now)
    talk.mark_read([said.thread_id], by=karim, until=said.created_at)
    assert ThreadRead.objects.get().read_at == now


def test_answering_is_having_read(dossier, karim, lea):
    thread = say(row(dossier), by=lea).thread
    client_of(karim).post(url(dossier, "thread_reply", thread), {"body": "Vu."})
    assert (unread(karim, dossier), unread(lea, dossier)) == ([], [CODE])


def test_the_grid_goes_through_what_is_not_read(dossier, karim, lea):
    client = client_of(karim)
    names = {each.name for each in client.get(reverse("grid", args=[dossier.pk])).context["grid"].filters}
    assert "non-lus" not in names
    say(row(dossier), by=lea)
    grid = client.get(reverse("grid", args=[dossier.pk]) + "?filtre=non-lus").context["grid"]
    assert [line.criterion.code for line in grid.shown] == [CODE]

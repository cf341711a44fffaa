"""What people are told in the product: who, once, where it leads, the count of the header, and reading it."""

import re

import pytest
from django.urls import reverse

from assessments import answers, roadmap, sharing, talk
from assessments.models import Answer, Assessment, Comment, Notice, NoticeKind, Share, Thread
from assessments.notices import notify
from certif.accounts.models import Membership, User
from certif.dates import stamp
from certif.limits import NOTICES_SHOWN
from tests.people import client_of

CODE = "PER-02"


def tell(*people, key="essai:1", sentence="Une nouvelle.", **more) -> None:
    notify(more.pop("kind", NoticeKind.REPLY), to=people, key=key, sentence=sentence, path=more.pop("path", "/dossiers/"), **more)


def told(user) -> list[tuple[str, str, str]]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", "sentence", "path"))


def counted(user) -> int:
    return User.objects.get(pk=user.pk).unread


@pytest.fixture
def shared(dossier, reseau, lea) -> Share:
    return Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)


def row(dossier) -> Answer:
    return Answer.objects.select_related("assessment").get(assessment=dossier, criterion__code=CODE)


def thread_of(dossier) -> Thread:
    return Thread.objects.select_related("answer__assessment").get(answer__assessment=dossier)


# --- Telling ----------------------------------------------------------------------------------


def test_an_event_is_told_once_to_each(lea, karim):
    for _ in range(2):
        tell(lea, karim, karim)
    tell(lea, key="essai:2", sentence="x" * 400)
    assert (told(karim), counted(karim)) == ([("reponse", "Une nouvelle.", "/dossiers/")], 1)
    assert (len(told(lea)), len(told(lea)[1][1]), counted(lea)) == (2, 300, 2)


def test_who_is_called_and_who_follows_are_told(dossier, shared, reseau, lea, karim, lise, adele):
    talk.open_thread(row(dossier), by=adele, body="Depuis quand ?", network=reseau, mentions=[karim.pk])
    thread = thread_of(dossier)
    screen, page = reverse("criterion", args=[dossier.pk, CODE]), reverse("review_criterion", args=[dossier.pk, CODE])
    about = f"à propos de PER-02, dans «\u202f{dossier}\u202f»."
    assert told(karim) == [("mention", f"Adèle Roche vous appelle {about}", f"{screen}#fil-{thread.pk}")]
    assert (told(lea), told(lise), told(adele)) == ([], [], [])

    talk.reply(thread, by=lea, body="Depuis mars.", mentions=[karim.pk])
    assert told(karim)[1:] == [("mention", f"Léa Martin vous appelle {about}", f"{screen}#fil-{thread.pk}")]
    assert told(adele) == [("reponse", f"Léa Martin répond {about}", f"{page}#fil-{thread.pk}")]

    Membership.objects.filter(user=karim).delete()
    talk.reply(thread, by=adele, body="Merci.")
    assert [len(told(user)) for user in (lea, karim, adele, lise)] == [1, 2, 1, 0]


def test_reading_a_thread_is_having_read_what_led_to_it(dossier, lea, karim):
    for body in ("Un avis ?", "Un autre ?"):
        said = talk.open_thread(row(dossier), by=lea, body=body, mentions=[karim.pk])
    tell(karim)
    url = reverse("threads_read", args=[dossier.pk, CODE])
    assert counted(karim) == 3
    client_of(karim).post(url, {"vu": stamp(Comment.objects.first().created_at)})
    assert [sentence.partition(" à ")[0] for sentence, is_read in listed(karim) if not is_read] == ["Une nouvelle.", "Léa Martin vous appelle"]
    client_of(karim).post(url, {"vu": stamp(said.created_at)})
    assert (counted(karim), [sentence for sentence, is_read in listed(karim) if not is_read]) == (1, ["Une nouvelle."])


def test_a_thread_between_colleagues_is_told_to_no_advisor(dossier, shared, lea, karim, adele):
    talk.open_thread(row(dossier), by=lea, body="Entre nous.", mentions=[karim.pk])
    talk.reply(thread_of(dossier), by=karim, body="Oui.")
    assert [len(told(user)) for user in (lea, karim, adele)] == [1, 1, 0]


def test_whoever_is_given_a_criterion_or_an_action_is_told(dossier, lea, karim):
    answers.assign(row(dossier), by=lea, to=karim)
    answers.assign(row(dossier), by=lea, to=karim)
    answers.assign(row(dossier), by=lea, to=lea)
    inside = f"dans «\u202f{dossier}\u202f»."
    assert told(karim) == [("attribution", f"Léa Martin vous confie PER-02, {inside}", reverse("criterion", args=[dossier.pk, CODE]))]

    dossier = Assessment.objects.get(pk=dossier.pk)
    action = roadmap.add(dossier, by=lea, fields={"title": "Écrire", "owner": karim})
    roadmap.edit(action, by=lea, version=1, fields={"title": "Écrire", "owner": karim, "status": action.status}, criteria=[])
    roadmap.edit(action, by=karim, version=2, fields={"title": "Écrire", "owner": lea, "status": action.status}, criteria=[])
    roadmap.add(dossier, by=lea, fields={"title": "Relire", "owner": lea})
    where = reverse("action_edit", args=[action.pk])
    assert told(karim)[1:] == [("attribution", f"Léa Martin vous confie une action de la feuille de route, {inside}", where)]
    assert told(lea) == [("attribution", f"Karim Benali vous confie une action de la feuille de route, {inside}", where)]


# --- The page ---------------------------------------------------------------------------------


def listed(user, query="") -> list[tuple[str, bool]]:
    page = client_of(user).get(reverse("notifications") + query).context["page"]
    return [(notice.sentence, notice.is_read) for notice in page]


def test_what_is_not_read_comes_first(lea):
    for number in range(3):
        tell(lea, key=f"essai:{number}", sentence=f"Nouvelle {number}.")
    notice = Notice.objects.get(sentence="Nouvelle 2.")
    assert client_of(lea).post(reverse("notification_read", args=[notice.pk])).url == reverse("notifications")
    assert listed(lea) == [("Nouvelle 1.", False), ("Nouvelle 0.", False), ("Nouvelle 2.", True)]
    assert counted(lea) == 2


def test_opening_one_reads_it_and_leads_there(lea):
    tell(lea, path="/dossiers/?liste")
    client = client_of(lea)
    for _ in range(2):
        assert client.get(reverse("notification_open", args=[Notice.objects.get().pk])).url == "/dossiers/?liste"
    assert (counted(lea), listed(lea)) == (0, [("Une nouvelle.", True)])


def test_all_are_read_at_once(lea, karim):
    for number in range(3):
        tell(lea, karim, key=f"essai:{number}")
    client_of(lea).post(reverse("notifications_read"))
    assert (counted(lea), Notice.objects.filter(user=lea).unread().count()) == (0, 0)
    assert (counted(karim), Notice.objects.filter(user=karim).unread().count()) == (3, 3)


def test_it_goes_page_by_page(lea):
    for number in range(NOTICES_SHOWN + 1):
        tell(lea, key=f"essai:{number}", sentence=f"Nouvelle {number}.")
    assert [len(listed(lea, query)) for query in ("", "?page=2", "?page=99", "?page=x")] == [NOTICES_SHOWN, 1, 1, NOTICES_SHOWN]


def test_somebody_else_s_is_not_found(lea, karim):
    tell(lea)
    pk = Notice.objects.get().pk
    client = client_of(karim)
    for number in (pk, 987_654, 10**20):
        assert client.get(reverse("notification_open", args=[number])).status_code == 404
        assert client.post(reverse("notification_read", args=[number])).status_code == 404
    assert (counted(lea), listed(karim)) == (1, [])


def test_what_is_about_a_dossier_one_no_longer_sees_is_not_shown(dossier, shared, lea, adele):
    tell(adele, sentence="Un dossier.", assessment=dossier)
    tell(adele, key="essai:2", sentence="Autre chose.")
    assert (len(listed(adele)), counted(adele)) == (2, 2)
    about = Notice.objects.get(assessment=dossier)

    sharing.withdraw(shared, by=lea)

    client = client_of(adele)
    assert client.get(reverse("notification_open", args=[about.pk])).status_code == 404
    assert client.post(reverse("notification_read", args=[about.pk])).status_code == 404
    unread = Notice.objects.visible_to(adele).unread().count()
    assert (about.pk in Notice.objects.visible_to(adele).values_list("pk", flat=True), counted(adele)) == (False, unread + 1)
    client.get(reverse("notifications"))
    assert counted(adele) == unread


def test_the_header_says_how_many_and_asks_nothing_more(lea, django_assert_num_queries):
    client = client_of(lea)
    client.get(reverse("privacy"))
    bell = re.compile(r'<a class="bell".*?</a>', re.S)
    with django_assert_num_queries(2):
        assert "non lues" not in bell.search(client.get(reverse("privacy")).content.decode())[0]
    tell(lea)
    with django_assert_num_queries(2):
        found = bell.search(client.get(reverse("privacy")).content.decode())[0]
    assert re.sub(r"<[^>]*>|\s+", " ", found).split() == ["Notifications", "non", "lues", ":", "1"]
    assert 'class="bell"' not in client_of().get(reverse("privacy")).content.decode()


def test_what_is_said_is_escaped(lea):
    tell(lea, sentence="<script>alert(1)</script>")
    assert "<script>alert" not in client_of(lea).get(reverse("notifications")).content.decode()


def test_reading_in_passing_costs_the_same_for_one_and_for_thirty(lea, django_assert_num_queries):
    client = client_of(lea)
    for many in (1, 30):
        for number in range(many):
            tell(lea, key=f"essai:{many}:{number}")
        client.get(reverse("notifications"))
        with django_assert_num_queries(5):
            client.get(reverse("notifications"))


def test_telling_nobody_asks_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        tell()

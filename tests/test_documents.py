"""The documents page: asking, waiting, taking home; who may, what is refused, what happens when a worker dies."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import documents, tasks, workflow
from assessments.enums import DocumentKind, DocumentStatus, SnapshotKind, Status
from assessments.models import Assessment, Document, Event, Share, Snapshot
from assessments.reports import press
from certif.accounts.models import Affiliation, Membership
from certif.child import Cause, ChildFailed
from tests.factories import answer, answer_all
from tests.people import client_of
from tests.reports import problems

pytestmark = pytest.mark.slow


def ask(user, dossier, kind="audit", **options):
    return client_of(user).post(reverse("documents", args=[dossier.pk]), {"document": kind}, **options)


def page(user, dossier) -> str:
    return client_of(user).get(reverse("documents", args=[dossier.pk])).content.decode()


def consumed(response):
    if response.streaming:
        list(response.streaming_content)
    return response


def download(user, document):
    return client_of(user).get(reverse("document_file", args=[document.pk]))


def status(user, document) -> int:
    return consumed(download(user, document)).status_code


@pytest.fixture
def queued(dossier, lea) -> Document:
    return documents.request_document(dossier, DocumentKind.AUDIT, by=lea)


@pytest.fixture
def done(queued) -> Document:
    tasks.produce(queued.pk)
    queued.refresh_from_db()
    return queued


# Asking


def test_a_document_is_asked_for(lea, dossier, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = ask(lea, dossier)
    document = Document.objects.get()
    assert (response.status_code, response.url) == (302, f"/dossiers/{dossier.pk}/documents/#audit")
    assert (document.kind, document.status, document.requested_by) == (DocumentKind.AUDIT, DocumentStatus.QUEUED, lea)
    assert Event.objects.get().verb == "document_demande"


def test_an_unknown_document_does_not_exist(lea, dossier):
    assert ask(lea, dossier, "../secret").status_code == 404


def test_the_same_state_is_printed_once(lea, karim, dossier, done):
    again = documents.request_document(dossier, DocumentKind.AUDIT, by=karim)
    assert (again, Document.objects.count(), Snapshot.objects.count()) == (done, 1, 1)
    assert "ce document est déjà prêt" in ask(karim, dossier, follow=True).content.decode()


def test_both_documents_of_one_state_carry_one_code(lea, dossier, done):
    roadmap = documents.request_document(dossier, DocumentKind.ROADMAP, by=lea)
    assert roadmap.snapshot == done.snapshot


def test_a_change_makes_another(lea, dossier, done):
    answer(dossier, "PER-01", 3)
    other = documents.request_document(dossier, DocumentKind.AUDIT, by=lea)
    assert (other == done, other.snapshot == done.snapshot) == (False, False)


def test_a_failed_document_may_be_asked_for_again(lea, dossier, queued):
    Document.objects.filter(pk=queued.pk).update(status=DocumentStatus.FAILED)
    assert documents.request_document(dossier, DocumentKind.AUDIT, by=lea) != queued


def test_one_at_a_time_for_a_person(lea, dossier, queued):
    assert "Attendez qu’il soit prêt" in ask(lea, dossier, "feuille-de-route", follow=True).content.decode()
    assert Document.objects.count() == 1


def test_two_at_a_time_for_a_structure(lea, karim, lise, dossier, queued):
    documents.request_document(dossier, DocumentKind.ROADMAP, by=karim)
    answer(dossier, "PER-01", 3)
    with pytest.raises(documents.TooBusy, match="Deux documents de votre structure"):
        documents.request_document(dossier, DocumentKind.AUDIT, by=lise)


def test_a_refused_request_leaves_nothing(lea, karim, lise, dossier, queued):
    answer(dossier, "PER-01", 3)
    with pytest.raises(documents.TooBusy):
        documents.request_document(dossier, DocumentKind.AUDIT, by=lea)
    assert Snapshot.objects.count() == 1


def test_a_closed_dossier_keeps_its_state(lea, dossier, monkeypatch):
    answer_all(dossier, 3)
    answer(dossier, "DEO-03", 3, justification="Aucun registre ne le demande.")
    mine = Assessment.objects.visible_to(lea).select_related("structure").get()
    workflow.close(mine, by=lea)
    closing = Snapshot.objects.get(kind=SnapshotKind.CLOSED)
    monkeypatch.setattr("assessments.reading.today", lambda: timezone.localdate() + timedelta(days=40))
    assert documents.request_document(mine, DocumentKind.AUDIT, by=lea).snapshot == closing


# Making


def test_a_document_is_made(done):
    assert (done.status, done.progress, done.step, done.problem) == (DocumentStatus.DONE, 100, "", "")
    with done.file.open("rb") as file:
        content = file.read()
    assert (len(content), problems(content)) == (done.size, [])
    assert done.pages > 5


def test_it_carries_the_photograph(done):
    import io

    from pypdf import PdfReader

    with done.file.open("rb") as file:
        attachments = PdfReader(io.BytesIO(file.read())).attachments
    assert dict(attachments) == {"dossier.json": [done.snapshot.content.encode()]}


def test_a_document_is_made_by_one_worker(done, monkeypatch):
    monkeypatch.setattr(tasks, "_print", lambda document: pytest.fail("made twice"))
    tasks.produce(done.pk)


@pytest.mark.parametrize("cause", list(Cause))
def test_a_failure_says_its_reason_in_french(queued, monkeypatch, cause):
    def fail(*args, **options):
        raise ChildFailed(cause)

    monkeypatch.setattr(tasks, "run_in_child", fail)
    tasks.produce(queued.pk)
    queued.refresh_from_db()
    assert (queued.status, queued.problem) == (DocumentStatus.FAILED, tasks.PROBLEMS[cause])


def test_too_many_pages_are_refused(queued, monkeypatch):
    monkeypatch.setattr("certif.limits.PDF_PAGES", 3)
    tasks.produce(queued.pk)
    queued.refresh_from_db()
    assert (queued.status, queued.problem.split(" pages")[1]) == (DocumentStatus.FAILED, "\u202f; la limite est de 3.")


def test_too_little_memory_is_a_failure_and_not_an_accident(queued, monkeypatch):
    monkeypatch.setattr("certif.limits.PDF_BYTES_OF_MEMORY", 1024 * 1024)
    tasks.produce(queued.pk)
    queued.refresh_from_db()
    assert (queued.status, queued.problem) == (DocumentStatus.FAILED, tasks.PROBLEMS[Cause.MEMORY])


def test_a_dead_worker_does_not_block_anyone(lea, dossier, queued):
    past = timezone.now() - timedelta(seconds=1)
    Document.objects.filter(pk=queued.pk).update(status=DocumentStatus.RUNNING, lease_until=past)
    documents.request_document(dossier, DocumentKind.ROADMAP, by=lea)
    queued.refresh_from_db()
    assert (queued.status, queued.problem) == (DocumentStatus.FAILED, tasks.INTERRUPTED)


def test_a_worker_within_its_lease_is_left_alone(queued):
    Document.objects.filter(pk=queued.pk).update(
        status=DocumentStatus.RUNNING, lease_until=timezone.now() + timedelta(seconds=5)
    )
    assert tasks.reap() == 0


def test_a_document_taken_for_dead_leaves_no_file(queued, monkeypatch, settings):
    original = tasks._print

    def slow(document):
        made = original(document)
        Document.objects.filter(pk=document.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        tasks.reap()
        return made

    monkeypatch.setattr(tasks, "_print", slow)
    tasks.produce(queued.pk)
    queued.refresh_from_db()
    assert (queued.status, queued.file.name) == (DocumentStatus.FAILED, "")


# Watching


def test_the_state_is_a_fragment_that_asks_again(lea, queued):
    response = client_of(lea).get(reverse("document_state", args=[queued.pk]), headers={"HX-Request": "true"})
    html = response.content.decode()
    assert f'hx-get="/documents/{queued.pk}/etat/"' in html
    assert "<html" not in html


def test_a_finished_document_asks_no_more(lea, done):
    html = (
        client_of(lea).get(reverse("document_state", args=[done.pk]), headers={"HX-Request": "true"}).content.decode()
    )
    assert "hx-get" not in html
    assert f"/documents/{done.pk}/fichier/" in html


def test_without_javascript_the_state_is_the_page(lea, queued):
    response = client_of(lea).get(reverse("document_state", args=[queued.pk]))
    assert response.url == f"/dossiers/{queued.snapshot.assessment_id}/documents/#audit"


def test_the_page_says_what_is_ready_and_what_changed(lea, dossier, done):
    html = page(lea, dossier)
    assert done.snapshot.code in html
    assert "Il dit le dossier tel qu’il est aujourd’hui." in html
    answer(dossier, "PER-01", 3)
    assert "Produire une version à jour" in page(lea, dossier)


def test_the_page_says_why_it_failed(lea, dossier, queued):
    Document.objects.filter(pk=queued.pk).update(status=DocumentStatus.FAILED, problem="La mise en page a échoué.")
    html = page(lea, dossier)
    assert "La mise en page a échoué." in html
    assert "Réessayer" in html


def test_the_history_costs_the_same_whatever_its_length(lea, dossier, done, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(lea)
    url = reverse("documents", args=[dossier.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for rank in range(20):
        Document.objects.create(
            snapshot=done.snapshot, kind=DocumentKind.AUDIT, design=f"ancienne-{rank}", status=DocumentStatus.DONE,
            file="documents/x.pdf", pages=3, size=9, finished_at=timezone.now(),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


# Taking home


def test_the_file_comes_back_as_an_attachment(lea, done):
    response = download(lea, done)
    with done.file.open("rb") as file:
        assert b"".join(response.streaming_content) == file.read()
    assert response["Content-Disposition"] == (
        f'attachment; filename="rapport-audit-la-fabrique-{timezone.localdate()}.pdf"'
    )
    assert [response[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")] == [
        "application/pdf",
        "nosniff",
        "no-store",
    ]
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_document_in_the_making_has_no_file(lea, queued):
    assert status(lea, queued) == 404


def test_a_missing_file_is_not_a_traceback(lea, done):
    done.file.storage.delete(done.file.name)
    assert status(lea, done) == 404


def test_members_and_the_advisor_of_a_shared_dossier_may_read(lea, karim, lise, adele, reseau, dossier, done):
    Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    assert [status(user, done) for user in (lea, karim, lise, adele)] == [200, 200, 200, 200]


def test_an_advisor_does_not_ask(lea, adele, reseau, dossier):
    Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    assert (ask(adele, dossier).status_code, Document.objects.count()) == (403, 0)


def test_a_stranger_finds_nothing(oscar, dossier, done):
    addresses = (
        reverse("documents", args=[dossier.pk]),
        reverse("document_state", args=[done.pk]),
        reverse("document_file", args=[done.pk]),
    )
    assert [client_of(oscar).get(address).status_code for address in addresses] == [404, 404, 404]


def test_anonymous_goes_to_login(dossier, done):
    assert download(None, done).url == f"/connexion/?next=/documents/{done.pk}/fichier/"


def test_rights_withdrawn_are_withdrawn_at_once(lea, karim, adele, reseau, dossier, done):
    share = Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    Membership.objects.get(user=karim).delete()
    Share.objects.filter(pk=share.pk).update(revoked_at=timezone.now())
    assert [status(user, done) for user in (karim, adele)] == [404, 404]


def test_a_structure_that_leaves_the_network_takes_its_files(lea, adele, reseau, dossier, done):
    Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    Affiliation.objects.all().delete()
    assert status(adele, done) == 404


def test_names_of_files_tell_nothing(done):
    folder, structure, name = done.file.name.split("/")
    assert (folder, structure) == ("documents", str(done.snapshot.assessment.structure_id))
    assert len(name) > 32
    assert press.download_name(done).isascii()


def test_a_read_only_dossier_may_be_printed(lea, dossier):
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.ARCHIVED)
    assert ask(lea, dossier).status_code == 302

"""P3: a report nobody changed is asked for again and taken home again: what it costs, and that nothing is printed."""

import weasyprint
from django_tasks_db.models import DBTaskResult

from assessments import documents
from assessments.enums import DocumentKind
from assessments.models import Document
from tests.bench.measure import in_turn
from tests.bench.visitor import Visitor
from tests.bench.works.demonstration import CLOSED, EMPTY, dossier_of


def work(rounds: int = 9, times: int = 20) -> dict:
    assessment, owner = dossier_of(CLOSED)
    document = documents.make_document(assessment, DocumentKind.AUDIT)
    running, its_owner = dossier_of(EMPTY)
    documents.make_document(running, DocumentKind.AUDIT)
    visitor, other = Visitor(owner), Visitor(its_owner)
    pages, file = f"/dossiers/{assessment.pk}/documents/", f"/documents/{document.pk}/fichier/"
    printed = []
    render = weasyprint.HTML.render

    def counted(self, *args, **options):
        printed.append(self)
        return render(self, *args, **options)

    def download() -> None:
        status, content = visitor.get(file)
        if status != 200 or not content.startswith(b"%PDF"):
            raise AssertionError(status)

    def ask(visitor: Visitor, pages: str) -> None:
        status, _body = visitor.post(pages, {"document": DocumentKind.AUDIT.value})
        if status != 302:
            raise AssertionError(status)

    weasyprint.HTML.render = counted
    before = (Document.objects.count(), DBTaskResult.objects.count())
    measured = in_turn(
        {
            "vide": lambda: visitor.get("/mesure/vide/"),
            "vide connecté": lambda: visitor.get("/mesure/vide-connecte/"),
            "fichier": download,
            "demande": lambda: ask(visitor, pages),
            "demande en cours": lambda: ask(other, f"/dossiers/{running.pk}/documents/"),
        },
        rounds=rounds,
        times=times,
    )
    after = (Document.objects.count(), DBTaskResult.objects.count())
    return {"temps": measured, "impressions": len(printed), "nouveaux": after[0] - before[0] + after[1] - before[1], "octets": document.size}

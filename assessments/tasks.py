"""Work done behind the screen, by the worker."""

from django_tasks import task

from assessments import documents


@task()
def make_document(document_id: int) -> None:
    documents.make(document_id)

"""What networks had said was read by the structure at once: it becomes said, and their requests get rows of their own."""

from django.db import migrations
from django.db.models import F


def tell(apps, schema_editor):
    opinion, version, request = (
        apps.get_model("assessments", name) for name in ("ReviewerOpinion", "OpinionVersion", "ReviewRequest")
    )
    opinion.objects.filter(shown_at=None).update(
        shown_level=F("level"), shown_remark=F("remark"), shown_by=F("advisor"), shown_at=F("updated_at")
    )
    rows = list(opinion.objects.filter(versions=None).order_by("pk"))
    version.objects.bulk_create(
        version(
            opinion=row,
            number=row.version,
            level=row.level,
            remark=row.remark,
            private_note=row.private_note,
            author_id=row.advisor_id,
            saved_at=row.updated_at,
        )
        for row in rows
    )
    asked = [
        request(
            answer_id=row.answer_id,
            network_id=row.network_id,
            kind="precision",
            text=row.request,
            asked_by_id=row.advisor_id,
            sent_at=row.updated_at,
        )
        for row in opinion.objects.exclude(request="").order_by("pk")
    ]
    request.objects.bulk_create(asked)
    for row in asked:
        row.asked_at = row.sent_at
    request.objects.bulk_update(asked, ["asked_at"])


def untell(apps, schema_editor):
    opinion, request = (apps.get_model("assessments", name) for name in ("ReviewerOpinion", "ReviewRequest"))
    said = {}
    for row in request.objects.filter(sent_at__isnull=False, settled_at=None).order_by("asked_at", "pk"):
        said.setdefault((row.answer_id, row.network_id), []).append(row.text)
    for (answer, network), texts in said.items():
        opinion.objects.filter(answer=answer, network=network).update(request="\n".join(texts))


class Migration(migrations.Migration):
    dependencies = [("assessments", "0008_shown")]
    operations = [migrations.RunPython(tell, untell)]

"""What colleagues already said becomes one thread per answer, that everyone of the structure has read."""

from django.db import migrations
from django.utils import timezone


def gather(apps, schema_editor):
    Comment, Thread, ThreadRead = (apps.get_model("assessments", name) for name in ("Comment", "Thread", "ThreadRead"))
    Membership = apps.get_model("accounts", "Membership")
    lonely = Comment.objects.filter(thread=None).order_by("created_at", "pk").select_related("answer__assessment")
    threads, opened = {}, {}
    for comment in lonely:
        if comment.answer_id not in threads:
            threads[comment.answer_id] = Thread.objects.create(answer_id=comment.answer_id, opened_by_id=comment.author_id)
            opened[comment.answer_id] = comment
        Comment.objects.filter(pk=comment.pk).update(thread=threads[comment.answer_id])
    for pk, first in opened.items():
        Thread.objects.filter(pk=threads[pk].pk).update(opened_at=first.created_at)
        members = Membership.objects.filter(structure=first.answer.assessment.structure_id).order_by("pk")
        ThreadRead.objects.bulk_create(
            ThreadRead(thread=threads[pk], user_id=user, read_at=timezone.now())
            for user in members.values_list("user_id", flat=True)
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_networks"), ("assessments", "0011_upkeep")]

    operations = [migrations.RunPython(gather, migrations.RunPython.noop)]

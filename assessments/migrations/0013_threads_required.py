import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0012_threads")]

    operations = [
        migrations.RemoveField(model_name="comment", name="answer"),
        migrations.AlterField(
            model_name="comment",
            name="body",
            field=models.TextField(max_length=4000, verbose_name="message"),
        ),
        migrations.AlterField(
            model_name="comment",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="écrit le"),
        ),
        migrations.AlterField(
            model_name="comment",
            name="thread",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="assessments.thread"
            ),
        ),
        migrations.AlterField(
            model_name="thread",
            name="opened_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="ouvert le"),
        ),
    ]

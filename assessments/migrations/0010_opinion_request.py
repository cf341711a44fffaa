"""Requests have rows of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_shown_moved")]
    operations = [migrations.RemoveField("revieweropinion", "request")]

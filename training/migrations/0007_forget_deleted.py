"""Answers that were learned from photos which are deleted since name them no more."""

import secrets

from django.db import migrations
from django.db.models import Exists, OuterRef


def forget(apps, schema_editor):
    alias = schema_editor.connection.alias
    photos, answers = apps.get_model("classifier", "Photo"), apps.get_model("training", "LearnedAnswer")
    here = photos.objects.filter(owner=OuterRef("job__owner"), sha256=OuterRef("photo_sha256"))
    for answer in answers.objects.using(alias).filter(~Exists(here)).iterator():
        answer.photo_sha256 = secrets.token_hex(32)
        answer.save(update_fields=["photo_sha256"])


class Migration(migrations.Migration):
    dependencies = [("training", "0006_idempotency"), ("classifier", "0006_hide_deleted")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]

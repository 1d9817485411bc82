"""What is kept of deleted photos names them no more: in the marks of folders by a keyed hash in place of a plain one."""

import hmac

from django.db import migrations
from django.db.models import Exists, OuterRef
from django.utils.crypto import salted_hmac


def hide(apps, schema_editor):
    alias = schema_editor.connection.alias
    photos, marks = apps.get_model("classifier", "Photo"), apps.get_model("classifier", "ImportedFile")
    key = salted_hmac("classifier.folders", "fingerprint", algorithm="sha256").digest()
    here = photos.objects.filter(owner=OuterRef("owner"), sha256=OuterRef("content"))
    for mark in marks.objects.using(alias).filter(~Exists(here), outcome="taken").iterator():
        mark.content = hmac.digest(key, mark.content.encode(), "sha256").hex()
        mark.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [("classifier", "0005_folders")]

    operations = [migrations.RunPython(hide, migrations.RunPython.noop)]

"""Whose answers changed since beat last looked whether to train by itself. At first everybody is looked at once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVERYBODY = "INSERT INTO training_answerschanged (owner_id) SELECT owner_id FROM classifier_taste WHERE auto_train"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("classifier", "0001_initial"),
        ("training", "0007_forget_deleted"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswersChanged",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(EVERYBODY, migrations.RunSQL.noop),
    ]

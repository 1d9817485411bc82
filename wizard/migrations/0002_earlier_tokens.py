"""The tokens of before go on working: hashed, and their plain texts with their table gone.

There was one per person, in a table of Django REST framework's own (rest_framework.authtoken), of which a database that
was made later knows nothing.
"""

from hashlib import sha256

from django.db import migrations, models
from django.db.migrations.recorder import MigrationRecorder

TABLE = "authtoken_token"


def carry_over(apps, schema_editor):
    connection = schema_editor.connection
    if TABLE not in connection.introspection.table_names():
        return
    earlier_tokens, api_tokens = apps.get_model("wizard", "EarlierToken"), apps.get_model("wizard", "ApiToken")
    for earlier in earlier_tokens.objects.using(connection.alias):
        token = api_tokens.objects.using(connection.alias).create(
            owner_id=earlier.user_id,
            name="Earlier token",
            digest=sha256(earlier.key.encode()).hexdigest(),
            hint=f"{earlier.key[:6]}…",
            scope="read-write",
        )
        token.created_at = earlier.created  # which `create` would have set to this moment
        token.save(update_fields=["created_at"])
    if connection.vendor == "sqlite":  # which leaves what it frees readable in the file unless told otherwise
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    schema_editor.delete_model(earlier_tokens)
    # An older release that is put back makes its table anew, instead of missing it.
    MigrationRecorder(connection).migration_qs.filter(app="authtoken").delete()


class Migration(migrations.Migration):
    dependencies = [("wizard", "0001_initial")]

    operations = [
        # Known to the state alone, for reading: nothing is made for a model that is not managed.
        migrations.CreateModel(
            "EarlierToken",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True)),
                ("created", models.DateTimeField()),
                ("user_id", models.IntegerField()),
            ],
            options={"managed": False, "db_table": TABLE},
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.DeleteModel("EarlierToken"),
    ]

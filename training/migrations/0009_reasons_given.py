"""An import never served by itself: nothing was activated for that reason."""

from django.db import migrations, models

REASONS = [
    ("start", "it came first"),
    ("you", "you chose it"),
    ("training", "it was better than the one before"),
    ("admin", "an administrator chose it"),
]


class Migration(migrations.Migration):
    dependencies = [("training", "0008_answers_changed")]

    operations = [
        migrations.AlterField(
            model_name="activation", name="reason", field=models.CharField(choices=REASONS, max_length=16)
        ),
    ]

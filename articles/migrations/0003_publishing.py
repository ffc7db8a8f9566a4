from django.db import migrations, models
from django.utils import timezone

SHOWN = {"experts": "Expert", "questions": "Question", "positions": "Position"}


def remember_what_is_scheduled(apps, schema_editor):
    """Until now nothing was remembered: what is public from the edition's own moment on was private before."""
    due = apps.get_model("articles", "Announcement").objects.filter(done_at=None, due_at__gt=timezone.now())
    for announcement in due.select_related("edition"):
        for name, model in SHOWN.items():
            shown = [row["id"] for row in announcement.edition.content["comparison"][name]]
            rows = apps.get_model("experts", model).objects.filter(pk__in=shown, public_at=announcement.due_at)
            announcement.released[name] = {str(pk): None for pk in rows.values_list("pk", flat=True)}
        announcement.save()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_desk"),
        ("experts", "0002_desk"),
    ]

    operations = [
        migrations.AddField(
            model_name="announcement",
            name="released",
            field=models.JSONField(blank=True, default=dict, help_text="See articles/releasing.py."),
        ),
        migrations.RunPython(remember_what_is_scheduled, migrations.RunPython.noop, elidable=True),
    ]

"""Editors and administrators may have keys for programs."""

from django.db import migrations

VERBS = ["add", "view"]


def give_rights(apps, schema_editor):
    """Permissions are otherwise only made after all migrations, too late for groups that are to have them."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="api", model="apikey")
    Permission, Group = apps.get_model("auth", "Permission"), apps.get_model("auth", "Group")
    for verb in VERBS:
        # What Django would call it, and leaves alone once it is there.
        permission, _ = Permission.objects.get_or_create(
            content_type=kind, codename=f"{verb}_apikey", defaults={"name": f"Can {verb} API key"}
        )
        for group in Group.objects.filter(name__in=["editor", "administrator"]):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_moderating"), ("api", "0001_initial")]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]

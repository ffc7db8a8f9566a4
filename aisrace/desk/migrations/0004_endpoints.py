"""Administrators say which machines are told of what, and see what became of it."""

from django.db import migrations

RIGHTS = {"endpoint": ["add", "change", "delete", "view"], "delivery": ["view"]}


def give_rights(apps, schema_editor):
    """Permissions are otherwise only made after all migrations, too late for groups that are to have them."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission, Group = apps.get_model("auth", "Permission"), apps.get_model("auth", "Group")
    for name, verbs in RIGHTS.items():
        kind, _ = ContentType.objects.get_or_create(app_label="hooks", model=name)
        for verb in verbs:
            # What Django would call it, and leaves alone once it is there.
            permission, _ = Permission.objects.get_or_create(
                content_type=kind, codename=f"{verb}_{name}", defaults={"name": f"Can {verb} {name}"}
            )
            for group in Group.objects.filter(name="administrator"):
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_api_keys"), ("hooks", "0001_initial")]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]

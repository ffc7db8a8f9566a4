"""What moderators, editors and administrators may do about the conversation."""

from django.db import migrations


def codes(models, verbs):
    return [(model, f"{verb}_{model}") for model in models for verb in verbs]


SEEING = codes(["comment", "decision", "ban", "conversation", "screeningrule", "reportederror"], ["view"])
EDITOR = [*SEEING, ("comment", "moderate_comment"), ("reportederror", "change_reportederror")]
MODERATOR = [
    *EDITOR,
    *codes(["ban", "conversation", "screeningrule"], ["add", "change"]),
    *codes(["commenter"], ["view", "change"]),
]
GROUPS = {"editor": EDITOR, "moderator": MODERATOR, "administrator": MODERATOR}


def give_rights(apps, schema_editor):
    """Permissions are otherwise only made after all migrations, too late for groups that are to have them."""
    Group = apps.get_model("auth", "Group")
    for name, wanted in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(find_permission(apps, *code) for code in wanted))


def find_permission(apps, model, code):
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="comments", model=model)
    name = {"moderate_comment": "Can moderate comments"}.get(code)
    spoken = {"reportederror": "reported error", "screeningrule": "house rule"}.get(model, model)
    # What Django would call it, and leaves alone once it is there.
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=code, defaults={"name": name or f"Can {code.split('_')[0]} {spoken}"}
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_groups"), ("comments", "0001_initial")]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]

"""The four roles of the desk. Groups may be changed afterwards; this only makes them."""

from django.db import migrations

RECORD = ["topic", "scale", "answer", "question", "expert", "affiliation", "source", "position", "quote"]
WRITING = ["article", "section", "articlequestion", "byline"]


def codes(app, models, verbs):
    return [(app, model, f"{verb}_{model}") for model in models for verb in verbs]


SEEING = codes("experts", RECORD, ["view"]) + codes("articles", [*WRITING, "author"], ["view"])
CONTRIBUTOR = [
    *SEEING,
    *codes("experts", ["question", "expert", "affiliation", "source", "position", "quote"], ["add", "change"]),
    *codes("experts", ["affiliation", "quote"], ["delete"]),
    *codes("articles", WRITING, ["add", "change"]),
    *codes("articles", ["section", "articlequestion", "byline"], ["delete"]),
]
EDITOR = [
    *CONTRIBUTOR,
    *codes("experts", RECORD, ["add", "change", "delete"]),
    *codes("articles", [*WRITING, "author"], ["add", "change", "delete"]),
    *codes("articles", ["edition"], ["view"]),
    *codes("keeping", ["deed"], ["view"]),
    ("experts", "position", "edit_any_record"),
    ("articles", "article", "edit_any_article"),
    ("articles", "article", "publish_article"),
]
MODERATOR = [*SEEING, *codes("articles", ["edition"], ["view"])]
ADMINISTRATOR = [
    *EDITOR,
    *codes("auth", ["user", "group"], ["add", "change", "delete", "view"]),
    *codes("sweeps", ["sweep"], ["view"]),
]
GROUPS = {"contributor": CONTRIBUTOR, "editor": EDITOR, "moderator": MODERATOR, "administrator": ADMINISTRATOR}


def make_groups(apps, schema_editor):
    """Permissions are otherwise only made after all migrations, too late for groups that are to have them."""
    Group = apps.get_model("auth", "Group")
    for name, wanted in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(find_permission(apps, *code) for code in dict.fromkeys(wanted)))


def find_permission(apps, app, model, code):
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    verb = code.removesuffix(f"_{model}")
    # What Django would call it, and leaves alone once it is there.
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=code, defaults={"name": f"Can {verb.replace('_', ' ')} {model}"}
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_desk"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("experts", "0002_desk"),
        ("keeping", "0001_initial"),
        ("sweeps", "0001_initial"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]

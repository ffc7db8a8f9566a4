"""Everything that the database holds, to be compared or searched."""

from django.apps import apps


def read_all() -> dict[str, list[str]]:
    """Every row of every table as text, by model."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.label: sorted(map(repr, model._base_manager.values_list())) for model in models}


def find(word: str) -> list[str]:
    """Where a word stands, in any case: the models that hold it."""
    return [label for label, rows in read_all().items() if any(word.lower() in row.lower() for row in rows)]

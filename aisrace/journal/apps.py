from importlib import import_module

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "aisrace.journal"
    label = "journal"
    verbose_name = "Journal of changes"

    def ready(self) -> None:
        """It begins to listen. By its name, for models cannot be imported sooner."""
        import_module("aisrace.journal.touching")

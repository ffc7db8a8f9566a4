from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class SearchConfig(AppConfig):
    name = "aisrace.search"
    verbose_name = "Search"

    def ready(self) -> None:
        """By name, for there are no models yet when this is read."""
        import_string("aisrace.search.starting.start")()
        post_migrate.connect(fill, sender=self)


def fill(**_: Any) -> None:
    """`migrate` leaves an index that can be searched: filled for the rows there are, and anew for a new analysis."""
    import_string("aisrace.search.rebuilding.fill_where_needed")()

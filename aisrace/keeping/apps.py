from django.apps import AppConfig


class KeepingConfig(AppConfig):
    name = "aisrace.keeping"
    verbose_name = "Trail"

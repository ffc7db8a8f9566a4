from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "aisrace.hooks"
    label = "hooks"
    verbose_name = "Told elsewhere"

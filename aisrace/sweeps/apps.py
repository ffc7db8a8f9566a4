from django.apps import AppConfig


class SweepsConfig(AppConfig):
    name = "aisrace.sweeps"
    verbose_name = "Background work"

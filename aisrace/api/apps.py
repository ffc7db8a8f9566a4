from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "aisrace.api"
    label = "api"
    verbose_name = "Programs that read and write"

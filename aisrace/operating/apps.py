from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Tags, register
from django.utils.module_loading import import_string

from aisrace.operating.checks import check_deployment


class OperatingConfig(AppConfig):
    name = "aisrace.operating"
    label = "operating"
    verbose_name = "Operating"

    def ready(self) -> None:
        register(check_deployment, Tags.security, deploy=True)
        if settings.SENTRY_DSN:
            start = import_string("aisrace.operating.reporting.start_reporting")
            start(settings.SENTRY_DSN, settings.ENVIRONMENT)

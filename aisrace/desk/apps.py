from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created

from aisrace.lib.decoding import read_leniently


class DeskConfig(AppConfig):
    name = "aisrace.desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        connection_created.connect(read_leniently)


class DeskAdminConfig(AdminConfig):
    default_site = "aisrace.desk.sites.Desk"

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class DeskConfig(AppConfig):
    name = "aisrace.desk"
    verbose_name = "Desk"


class DeskAdminConfig(AdminConfig):
    default_site = "aisrace.desk.sites.Desk"

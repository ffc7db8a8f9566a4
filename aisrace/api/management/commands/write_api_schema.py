from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from aisrace.api.views import write_schema

SNAPSHOT = Path(settings.BASE_DIR) / "docs" / "api" / "openapi.yaml"


class Command(BaseCommand):
    help = "Write the contract of the API to docs/api/openapi.yaml, against which the tests hold it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=SNAPSHOT, help="Where else.")

    def handle(self, *args: Any, **options: Any) -> None:
        to: Path = options["to"]
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(write_schema("yaml"))
        self.stdout.write(f"Written to {to}.")

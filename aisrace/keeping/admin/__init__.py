"""The desk's bases for every admin, the pages of the history and the trail."""

from aisrace.keeping.admin.desk import DeskAdmin, holds_keys
from aisrace.keeping.admin.kept import KeptAdmin
from aisrace.keeping.admin.trail import DeedAdmin

__all__ = ["DeedAdmin", "DeskAdmin", "KeptAdmin", "holds_keys"]

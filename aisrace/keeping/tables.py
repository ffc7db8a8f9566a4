"""The trail as a table that any spreadsheet opens, and none executes."""

import json

from aisrace.keeping.models import Deed
from aisrace.lib.figures import iso

COLUMNS = ["id", "at", "by", "by_name", "verb", "kind", "row_id", "label", "note", "detail"]


def tell_deed(deed: Deed) -> list[str]:
    return [
        str(deed.pk),
        iso(deed.at),
        str(deed.by_id or ""),
        deed.by_name,
        deed.verb,
        deed.kind,
        deed.row_id,
        deed.label,
        deed.note,
        json.dumps(deed.detail, ensure_ascii=False) if deed.detail else "",
    ]

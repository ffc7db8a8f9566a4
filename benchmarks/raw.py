"""What the web server alone can do: the same bytes for every request, by the least application there is."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["RAW_BODY"]).read_bytes() if "RAW_BODY" in os.environ else b""
HEADERS = (
    [(name, value) for name, value in json.loads(Path(os.environ["RAW_HEADERS"]).read_text())]
    if "RAW_HEADERS" in os.environ
    else [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]
)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", HEADERS)
    return [BODY]

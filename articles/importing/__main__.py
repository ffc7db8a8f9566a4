"""`python -m articles.importing read .docx` or `… understand .docx`: the reader, without Django.

The package `aisrace` loads Celery and Django with itself. The reader needs one plain module below it, so an empty
package stands in its place.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType

house = ModuleType("aisrace")
house.__path__ = [str(Path(__file__).resolve().parents[2] / "aisrace")]
sys.modules["aisrace"] = house

importlib.import_module("articles.importing.reader").main()

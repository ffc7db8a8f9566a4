"""Rich text is written as it will look; `HtmlField` sanitises whatever comes back."""

from typing import Any

from django_prose_editor.widgets import AdminProseEditorWidget

from aisrace.lib.fields import HtmlField

# What aisrace.lib.markup lets through; the editor offers nothing that would be dropped when it is saved.
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Code": True,
    "Link": {"enableTarget": False},
    "Heading": {"levels": [3, 4]},
    "ListItem": True,
    "BulletList": True,
    "OrderedList": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "History": True,
    "SpecialCharacters": True,
}
RICH_TEXT: dict[Any, Any] = {
    HtmlField: {"widget": AdminProseEditorWidget(config={"extensions": EXTENSIONS}, preset="configurable")}
}

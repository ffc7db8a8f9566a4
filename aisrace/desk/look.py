"""What the desk looks like: Unfold in the site's own colours. Plain data."""

from functools import partial
from typing import Any

from django.templatetags.static import static

# The neutrals and the one accent of static/css/tokens.css as the scales that Unfold asks for. Unfold takes 600 for
# links and buttons in light, 500 for links in dark.
INK_AND_PAPER = {
    "50": "#fbf9f5",
    "100": "#f2eee6",
    "200": "#ddd6ca",
    "300": "#c4bdb1",
    "400": "#8d867a",
    "500": "#66625a",
    "600": "#57544e",
    "700": "#3a393f",
    "800": "#26262c",
    "900": "#17171b",
    "950": "#101013",
}
WINE = {
    "50": "#fbf1f6",
    "100": "#f6e1ec",
    "200": "#eec5d9",
    "300": "#f2a6c8",
    "400": "#f2a6c8",
    "500": "#f2a6c8",
    "600": "#7b1e4e",
    "700": "#6b1a44",
    "800": "#591538",
    "900": "#46112c",
    "950": "#2d0a1c",
}


def site_icon(request: object) -> str:
    return static("icon.svg")


def name_style(name: str, request: object) -> str:
    return static(f"css/{name}.css")


def build_look(site_name: str) -> dict[str, Any]:
    """The value of `UNFOLD` in the settings."""
    return {
        "SITE_TITLE": site_name,
        "SITE_HEADER": site_name,
        "SITE_SUBHEADER": "The desk",
        "SITE_ICON": site_icon,
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": site_icon}],
        "SHOW_BACK_BUTTON": True,
        "BORDER_RADIUS": "4px",
        "COLORS": {"base": INK_AND_PAPER, "primary": WINE},
        "STYLES": [partial(name_style, name) for name in ("tokens", "desk/desk", "desk/forms")],
        "SIDEBAR": {"show_search": True, "navigation": "aisrace.desk.navigation.read_sidebar"},
    }

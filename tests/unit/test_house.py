"""The house rules of docs/architecture.md, executable: who imports whom, what modules are called, what templates hold.

Every rule is a function from a path and a text to what is wrong with it, and is tried on bait first.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What every room may use: the leaves of the site itself.
LEAVES = {"aisrace.lib", "aisrace.keeping", "aisrace.api", "aisrace.hooks", "aisrace.journal", "aisrace.search"}
ROOMS = {
    "experts": {*LEAVES, "experts"},
    "articles": {*LEAVES, "experts", "articles"},
    "comments": {*LEAVES, "experts", "articles", "comments"},
    "aisrace.lib": {"aisrace.lib"},
    "aisrace.keeping": {"aisrace.lib", "aisrace.keeping"},
    "aisrace.sweeps": {"aisrace.lib", "aisrace.sweeps"},
    "aisrace.hooks": {"aisrace.lib", "aisrace.keeping", "aisrace.hooks"},
    "aisrace.journal": {"aisrace.lib", "aisrace.api", "aisrace.journal"},
    "aisrace.api": {"aisrace.lib", "aisrace.keeping", "aisrace.api"},
    "aisrace.search": {"aisrace.lib", "aisrace.api", "aisrace.search"},
}
HOUSE = {"aisrace", "experts", "articles", "comments"}
BASEMENT = {"models", "querysets"}
ADAPTERS = {"admin", "views", "urls", "tasks", "management", "api", "feeds", "sitemaps", "templatetags"}
JOINED = {("urls", "views"), ("urls", "feeds"), ("urls", "sitemaps")}  # adapters that may know another
DRAWERS = {"services", "utils", "helpers", "common", "managers", "misc"}

# --- Python ----------------------------------------------------------------------------------------------------------


def imports(tree: ast.AST) -> Iterator[str]:
    """Full dotted names of what is imported; `from a import b` gives a.b, for b may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def lies_in(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def wrong_rooms(path: Path, text: str) -> list[str]:
    """Relative imports hide where they go, and a room may only reach for those below it."""
    room = next((room for room in (".".join(path.parts[:2]), path.parts[0]) if room in ROOMS), path.parts[0])
    if room not in ROOMS:
        return []
    names = list(imports(ast.parse(text)))
    wrong = [f"{name} is relative" for name in names if name.startswith(".")]
    inside = [name for name in names if name.split(".")[0] in HOUSE]
    return wrong + [name for name in inside if not any(lies_in(name, allowed) for allowed in ROOMS[room])]


def floor(part: str) -> int:
    """0 for models and querysets, 1 for the capabilities, 2 for the adapters."""
    return 0 if part in BASEMENT else 2 if part in ADAPTERS else 1


def wrong_floors(path: Path, text: str) -> list[str]:
    """Inside an app: models, querysets ← capabilities ← adapters, and no adapter knows another (urls know views)."""
    app, part = path.parts[0], path.parts[1].removesuffix(".py")
    if app not in ROOMS or part in ("apps", "migrations", "__init__"):
        return []
    others = {name.split(".")[1] for name in imports(ast.parse(text)) if lies_in(name, app) and "." in name} - {part}
    return [
        f"{part} imports {other}"
        for other in sorted(others)
        if floor(other) > floor(part) or (floor(other) == floor(part) == 2 and (part, other) not in JOINED)
    ]


def foreign_adapters(path: Path, text: str) -> list[str]:
    """What one app shows is not another's to use: only the site itself joins their pages."""
    app = path.parts[0]
    names = imports(ast.parse(text)) if app in ROOMS else ()
    return [
        name for name in names if (p := name.split("."))[0] in HOUSE - {app, "aisrace"} and p[1:] and p[1] in ADAPTERS
    ]


def late_imports(path: Path, text: str) -> list[str]:
    functions = (
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    )
    return [name for function in functions for name in imports(function)]


def drawers(path: Path, text: str) -> list[str]:
    return [part for part in path.with_suffix("").parts if part in DRAWERS]


def trusted_strings(path: Path, text: str) -> list[str]:
    """`format_html` escapes what it is given; these do not."""
    names = {"mark_safe", "SafeString", "SafeText", "SafeData", "Markup"}
    nodes = list(ast.walk(ast.parse(text)))
    used = [n.id for n in nodes if isinstance(n, ast.Name)] + [n.attr for n in nodes if isinstance(n, ast.Attribute)]
    return [name for name in [*used, *(name.split(".")[-1] for name in imports(ast.parse(text)))] if name in names]


PYTHON = sorted(
    path.relative_to(ROOT) for app in HOUSE for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)

type Rule = Callable[[Path, str], list[str]]

PYTHON_BAIT: list[tuple[Rule, str, str]] = [
    (wrong_rooms, "experts/a.py", "from articles.models import Article"),
    (wrong_rooms, "experts/a.py", "import comments.models"),
    (wrong_rooms, "experts/a.py", "from aisrace.settings import DEBUG"),
    (wrong_rooms, "experts/a.py", "from aisrace import settings"),
    (wrong_rooms, "experts/a.py", "from .models import Expert"),
    (wrong_rooms, "experts/a.py", "def f():\n    import articles"),
    (wrong_rooms, "articles/a.py", "from comments.models import Comment"),
    (wrong_rooms, "articles/management/commands/a.py", "import aisrace.urls"),
    (wrong_rooms, "comments/a.py", "from aisrace.tasks import x"),
    (wrong_rooms, "aisrace/lib/a.py", "from experts import models"),
    (wrong_rooms, "aisrace/lib/a.py", "import aisrace.settings"),
    (wrong_rooms, "aisrace/api/a.py", "from experts.models import Expert"),
    (wrong_floors, "experts/models/a.py", "from experts.record import read_roles"),
    (wrong_floors, "experts/querysets.py", "from experts import comparison"),
    (wrong_floors, "experts/record.py", "from experts.views import expert_page"),
    (wrong_floors, "experts/importing/a.py", "import experts.management.commands.b"),
    (wrong_floors, "experts/admin.py", "from experts.views import expert_page"),
    (wrong_floors, "experts/views.py", "from experts import urls"),
    (wrong_floors, "articles/tasks.py", "from articles.admin import x"),
    (foreign_adapters, "articles/reading.py", "from experts.views import expert_page"),
    (foreign_adapters, "articles/admin.py", "from experts import admin"),
    (late_imports, "experts/a.py", "def f():\n    from experts import models"),
    (late_imports, "experts/a.py", "class A:\n    async def f(self):\n        if 1:\n            import json"),
    (drawers, "experts/utils.py", ""),
    (drawers, "articles/helpers/a.py", ""),
    (drawers, "aisrace/lib/common.py", ""),
    (trusted_strings, "experts/a.py", "from django.utils.safestring import mark_safe"),
    (trusted_strings, "experts/a.py", "from django.utils import safestring as s\nx = s.mark_safe('<b>')"),
]
PYTHON_HARMLESS: list[tuple[Rule, str, str]] = [
    (wrong_rooms, "experts/a.py", "from aisrace.lib.text import fold\nfrom experts import models\nimport json"),
    (wrong_rooms, "articles/a.py", "from experts.models import Expert"),
    (wrong_rooms, "comments/a.py", "from articles.models import Article"),
    (wrong_rooms, "aisrace/urls.py", "from articles.reading import a\nfrom experts.urls import b"),
    (wrong_rooms, "aisrace/lib/a.py", "from aisrace.lib.text import fold"),
    (wrong_floors, "experts/views.py", "from experts.record import x\nfrom experts.models import Expert"),
    (wrong_floors, "experts/urls.py", "from experts import views"),
    (wrong_floors, "experts/models/a.py", "from experts.querysets import A\nfrom experts.models.base import B"),
    (wrong_floors, "experts/importing/a.py", "from experts.importing.b import c\nfrom experts.record import d"),
    (foreign_adapters, "articles/reading.py", "from experts.models import Expert"),
    (late_imports, "experts/a.py", "if 1:\n    import json"),
    (trusted_strings, "experts/a.py", "from django.utils.html import format_html"),
]
PYTHON_RULES: list[Rule] = [wrong_rooms, wrong_floors, foreign_adapters, late_imports, drawers, trusted_strings]


@pytest.mark.parametrize(("rule", "path", "text"), PYTHON_BAIT)
def test_bait_is_found(rule: Rule, path: str, text: str) -> None:
    assert rule(Path(path), text)


@pytest.mark.parametrize(("rule", "path", "text"), PYTHON_HARMLESS)
def test_what_is_allowed_passes(rule: Rule, path: str, text: str) -> None:
    assert not rule(Path(path), text)


@pytest.mark.parametrize("rule", PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps(rule: Rule) -> None:
    assert len(PYTHON) > 30
    found = {str(path): rule(path, (ROOT / path).read_text()) for path in PYTHON}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


# --- Templates -------------------------------------------------------------------------------------------------------

# Sanitised on the way in by aisrace.lib.fields.HtmlField, kept as such in Edition.content.
# And what comments.bodies has rendered: html only where the seal fits, a preview straight from it.
PRINTED_AS_THEY_ARE = re.compile(
    r"{{\s*([\w.]+\.(body|verdict|method)|line\.html|html|(writing\.)?preview)\s*\|\s*safe\s*}}"
)
UNESCAPED = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+(off|false)|filter\s+[^%]*\bsafe\b|\bMarkup\b", re.IGNORECASE)


def missing_inputs(path: Path, text: str) -> list[str]:
    """A partial says first what it is given: {# cell: Cell, expert: Expert #}."""
    if not path.name.startswith("_"):
        return []
    return [] if re.match(r"{# *\S[^\n]*#}", text) else ["does not begin with {# its inputs #}"]


def inline_code(path: Path, text: str) -> list[str]:
    """Scripts and styles come from files, so that the content security policy can be strict."""
    page = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    # JSON islands are data; nothing runs them.
    page = re.sub(r'<script type="application/(ld\+)?json"', "<data", page)
    scripts = [tag for tag in re.findall(r"<script\b[^>]*>", page, re.IGNORECASE) if " src=" not in tag]
    styles = re.findall(r"<style\b", page, re.IGNORECASE)
    attributes = re.findall(r"\s(?:style|on[a-z]+)\s*=\s*[\"'{]", page, re.IGNORECASE)
    return scripts + styles + attributes + re.findall(r"javascript:", page, re.IGNORECASE)


def unescaped_prints(path: Path, text: str) -> list[str]:
    """Only fields that were sanitised on the way in are printed as they are."""
    return [match[0] for match in UNESCAPED.finditer(PRINTED_AS_THEY_ARE.sub("", text))]


TEMPLATES = sorted(
    path.relative_to(ROOT)
    for folder in [ROOT / "templates", *(ROOT / app / "templates" for app in HOUSE)]
    for path in folder.rglob("*.html")
)
TEMPLATE_RULES: list[Rule] = [missing_inputs, inline_code, unescaped_prints]

TEMPLATE_BAIT: list[tuple[Rule, str, str]] = [
    (missing_inputs, "_cell.html", "<td>{{ cell }}</td>"),
    (missing_inputs, "_cell.html", "\n{# cell #}"),
    (missing_inputs, "_cell.html", "{##}"),
    (inline_code, "a.html", "<script>alert(1)</script>"),
    (inline_code, "a.html", "<SCRIPT type=module>alert(1)</SCRIPT>"),
    (inline_code, "a.html", "<style>p{}</style>"),
    (inline_code, "a.html", '<p style="color:red">'),
    (inline_code, "a.html", '<rect style="{{ x }}">'),
    (inline_code, "a.html", "<p onclick='x()'>"),
    (inline_code, "a.html", '<a href="javascript:x()">'),
    (unescaped_prints, "a.html", "{{ position.summary|safe }}"),
    (unescaped_prints, "a.html", "{{ quote.words | safe }}"),
    (unescaped_prints, "a.html", "{{ open.content.body|truncatewords:3|safe }}"),
    (unescaped_prints, "a.html", "{{ names|safeseq|join:', ' }}"),
    (unescaped_prints, "a.html", "{% autoescape false %}{{ x }}{% endautoescape %}"),
    (unescaped_prints, "a.html", "{{- cell(position.summary|safe) -}}"),
    (unescaped_prints, "a.html", "{% set body = comment.body|safe %}"),
    (unescaped_prints, "a.html", "{% autoescape off %}{{ x }}{% endautoescape %}"),
    (unescaped_prints, "a.html", "{% filter safe %}x{% endfilter %}"),
    (unescaped_prints, "a.html", "{% include 'x' with body=comment.body|safe %}"),
]
TEMPLATE_HARMLESS: list[tuple[Rule, str, str]] = [
    (missing_inputs, "_cell.html", "{# cell: Cell #}\n<td>"),
    (missing_inputs, "page.html", "<td>"),
    (inline_code, "a.html", "<script src=\"{% static 'js/a.js' %}\" defer></script>"),
    (inline_code, "a.html", '<script type="application/ld+json">{{ data }}</script>'),
    (inline_code, "a.html", "{# no <style> here #}<p class=style>on = it</p>"),
    (unescaped_prints, "a.html", "{{ section.body|safe }} {{ open.content.verdict | safe }} {{ x|linebreaks }}"),
]


@pytest.mark.parametrize(("rule", "path", "text"), TEMPLATE_BAIT)
def test_bait_in_templates_is_found(rule: Rule, path: str, text: str) -> None:
    assert rule(Path(path), text)


@pytest.mark.parametrize(("rule", "path", "text"), TEMPLATE_HARMLESS)
def test_what_is_allowed_in_templates_passes(rule: Rule, path: str, text: str) -> None:
    assert not rule(Path(path), text)


@pytest.mark.parametrize("rule", TEMPLATE_RULES, ids=lambda rule: rule.__name__)
def test_the_templates_keep(rule: Rule) -> None:
    found = {str(path): rule(path, (ROOT / path).read_text()) for path in TEMPLATES}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}

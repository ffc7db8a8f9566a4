"""Which classes style sheets dress and templates write."""

import re


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def styled_classes(text: str) -> set[str]:
    """Every class that a selector names; what stands inside { } of a rule is no selector."""
    selectors = re.findall(r"([^{};]+)\{", re.sub(r"\"[^\"]*\"", "", without_comments(text)))
    return {name for selector in selectors for name in re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selector)}


def written_classes(text: str) -> set[str]:
    """Every class that a template may give an element; “tone-{{ … }}” comes as “tone-*”."""
    found: set[str] = set()
    for value in re.findall(r"""\bclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)\"""", text):
        names = re.sub(r"\{\{(.*?)\}\}|\{%.*?%\}", _printed, value)
        found.update(names.split())
    # Modifiers that are handed to a macro.
    return found | set(re.findall(r"[\"'](is-[a-z-]+)[\"']", text))


def _printed(match: re.Match[str]) -> str:
    """The strings that an expression can print, or * for one that prints a value."""
    literals = re.findall(r"\"([^\"]*)\"", match[1] or "")
    return " ".join(literals) if literals or not match[1] else "*"


def matches(name: str, pattern: str) -> bool:
    return name == pattern or (pattern.endswith("-*") and name.startswith(pattern[:-1]))

"""How to cite something of this site: BibTeX (for biber), CSL-JSON, RIS and a plain sentence. Pure functions."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from aisrace.lib.figures import day
from aisrace.lib.text import clean_line

# A brace counts for BibTeX even behind a backslash: each becomes a command, and an unpaired one does no harm.
_LATEX = {character: f"\\{character}" for character in "#$%&_"} | {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_SPLITS_NAMES = re.compile(r"\band\b|,", re.IGNORECASE)
_NOT_IN_ADDRESSES = re.compile(r"[\s{}\\]")


@dataclass(frozen=True)
class Name:
    """`family` and `given` only where they are known; otherwise the name stays in one piece."""

    full: str
    family: str = ""
    given: str = ""


@dataclass(frozen=True)
class Citation:
    """`key` holds letters, digits and hyphens; `first_issued` only where it is another day than `issued`."""

    key: str
    title: str
    authors: tuple[Name, ...]
    issued: date
    site: str
    url: str
    accessed: date
    version: str = ""
    first_issued: date | None = None
    note: str = ""


def split_name(full: str, sort_name: str) -> Name:
    """By the name as in an index, where that is the same words turned round: “Lee, Kai-Fu”. No guessing otherwise."""
    family, comma, given = map(str.strip, sort_name.partition(","))
    return Name(full, family, given) if comma and f"{given} {family}" == full else Name(full)


# --- BibTeX ----------------------------------------------------------------------------------------------------------


def write_bibtex(cited: Citation) -> str:
    fields = {
        "author": " and ".join(map(_bibtex_name, cited.authors)),
        "title": f"{{{_latex(cited.title)}}}",  # doubled, so that no style changes its capitals
        "date": cited.issued.isoformat(),
        "origdate": cited.first_issued.isoformat() if cited.first_issued else "",
        "version": _latex(cited.version),
        "organization": _latex(cited.site),
        "url": _NOT_IN_ADDRESSES.sub("", cited.url),
        "urldate": cited.accessed.isoformat(),
        "note": _latex(cited.note),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@online{{{cited.key},\n{''.join(lines)}}}\n"


def _bibtex_name(name: Name) -> str:
    parts = (name.family, name.given)
    if not name.family or any(_SPLITS_NAMES.search(part) for part in parts):
        return f"{{{_latex(name.full)}}}"
    return ", ".join(map(_latex, parts))


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in clean_line(text))


# --- CSL-JSON --------------------------------------------------------------------------------------------------------


def write_csl(cited: Citation) -> str:
    """A list of one, as reference managers import it."""
    item: dict[str, Any] = {
        "id": cited.key,
        "type": "webpage",
        "title": clean_line(cited.title),
        "author": [_csl_name(name) for name in cited.authors],
        "issued": _csl_date(cited.issued),
        "original-date": _csl_date(cited.first_issued) if cited.first_issued else None,
        "version": clean_line(cited.version),
        "container-title": clean_line(cited.site),
        "URL": cited.url,
        "accessed": _csl_date(cited.accessed),
        "note": clean_line(cited.note),
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2) + "\n"


def _csl_name(name: Name) -> dict[str, str]:
    return {"family": name.family, "given": name.given} if name.family else {"literal": clean_line(name.full)}


def _csl_date(when: date) -> dict[str, Any]:
    return {"date-parts": [[when.year, when.month, when.day]]}


# --- RIS -------------------------------------------------------------------------------------------------------------


def write_ris(cited: Citation) -> str:
    """One tag a line, each line ended by CR LF; no value holds a line break, so none can add a tag."""
    tags = [
        ("TY", "ELEC"),
        ("ID", cited.key),
        *(("AU", f"{name.family}, {name.given}" if name.family else name.full) for name in cited.authors),
        ("TI", cited.title),
        ("T2", cited.site),
        ("ET", cited.version),
        ("PY", str(cited.issued.year)),
        ("DA", _ris_date(cited.issued)),
        ("UR", cited.url),
        ("Y2", _ris_date(cited.accessed)),
        ("N1", cited.note),
        ("N1", f"First published {day(cited.first_issued)}" if cited.first_issued else ""),
    ]
    lines = [f"{tag}  - {clean_line(value)}\r\n" for tag, value in tags if value]
    return f"{''.join(lines)}ER  - \r\n"


def _ris_date(when: date) -> str:
    return f"{when:%Y/%m/%d}/"


# --- For people ------------------------------------------------------------------------------------------------------


def write_sentence(cited: Citation) -> str:
    names = [name.full for name in cited.authors]
    what = f"“{cited.title}”, {cited.version}." if cited.version else f"“{cited.title}”."
    told = [", ".join(names) + ":" if names else "", what, f"{cited.note}." if cited.note else ""]
    dated = f"{cited.site}, {day(cited.issued)}"
    dated += f" (first published {day(cited.first_issued)})" if cited.first_issued else ""
    told += [f"{dated}.", cited.url, f"(accessed {day(cited.accessed)})."]
    return clean_line(" ".join(filter(None, told)))


# By the end of the address: what it is called by programs, and what writes it.
FORMS: dict[str, tuple[str, Callable[[Citation], str]]] = {
    "bib": ("application/x-bibtex", write_bibtex),
    "json": ("application/vnd.citationstyles.csl+json", write_csl),
    "ris": ("application/x-research-info-systems", write_ris),
}

"""Organisations that speak: parties, unions, laboratories. Told by the word that says what kind they are."""

import re

from aisrace.lib.text import fold

# These alone make the name of an organisation; the others may stand in a heading about something.
_STRONG = (
    r"institut\w*|universit\w+|associations?|alliance|federation|federación|fédération|foundation|fondation|ministry|"
    r"ministère|ministerium|union|party|parti|partido|partei|council|conseil|society|coalition|syndicat|sindicato|"
    r"collectif|committee|comité|commission|consortium|guild|\w*verband|\w*verein|\w*bund|stiftung|gewerkschaft|"
    r"gesellschaft|\w*kammer|academy|akademie|académie|congress|forum|chamber|observatory|cooperative"
)
_WEAK = (
    r"lab|labs|laborator\w+|labor|laboratoire|centre|center|zentrum|campaign|network|group|club|trust|agency|agence|"
    r"agentur|authority|board|bank|office|hospital|museum|school|college|department|inc|ltd|gmbh|company|church|"
    r"studio|orchestra|theatre|ensemble|radio|league|clinic|practice|cabinet|service|services|action|watch|initiative|team|movement|corporation|partnership|amt|rat"
)
KIND = re.compile(rf"(?:{_STRONG}|{_WEAK})", re.IGNORECASE)
_STRONG_WORD = re.compile(_STRONG, re.IGNORECASE)
_SMALL = frozenset(
    [
        "of",
        "for",
        "the",
        "and",
        "&",
        "in",
        "on",
        "at",
        "against",
        "without",
        "de",
        "la",
        "le",
        "les",
        "des",
        "du",
        "et",
        "pour",
        "für",
        "der",
        "die",
        "und",
        "von",
        "e",
        "y",
        "del",
    ]
)


def looks_like_organisation(text: str, topics: frozenset[str] = frozenset()) -> bool:
    """“Institute for Working Time”, “The Players’ Association”: capitals throughout, and the kind at the end or before
    “of” or “for”. A weak kind needs company that is not one of the `topics`."""
    words = text.strip(" .:").split()
    bare = [word for word in words if word.lower() not in _SMALL]
    if not 2 <= len(bare) <= 6 or len(words) > 9 or re.search(r"[?!;:…\d@\\|,]", text.strip(" .:")):
        return False
    if not all(word[:1].isupper() for word in bare) or not (words[0][:1].isupper() and len(text) <= 80):
        return False
    at = next((i for i, word in enumerate(words) if KIND.fullmatch(word.strip("’'"))), None)
    if at is None or (at + 1 < len(words) and words[at + 1].lower() not in _SMALL and not words[at + 1].isupper()):
        return False
    others = [word for word in bare if not KIND.fullmatch(word)]
    return bool(_STRONG_WORD.fullmatch(words[at])) or any(fold(word) not in topics for word in others)


def speaks_as(organisation: str) -> re.Pattern[str]:
    """“the Alliance”, “the lab”, “it”: how a text goes on to speak of it."""
    kinds = [word for word in organisation.split() if KIND.fullmatch(word)]
    return re.compile(
        rf"\b(?:it|(?:the|its|das|der|die|la|le|l[’'])\s?(?:{'|'.join(map(re.escape, kinds)) or 'it'}))\b", re.I
    )

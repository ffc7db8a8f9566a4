"""What looks like the name of a person or organisation, and what role stands beside it."""

import re
from dataclasses import dataclass

from aisrace.lib.text import fold
from articles.importing.organisations import looks_like_organisation

UPPER = "".join(c for c in map(chr, range(0x41, 0x1FFF)) if c.isupper())
PARTICLES = "de|da|di|del|della|der|den|van|von|vom|zu|zur|al|el|bin|bint|ibn|ben|la|le|du|dos|das|do|ter|ten|af|y|e"
_WORD = (
    rf"(?:[{UPPER}]\w{{0,40}}s[’'](?=[ ][{UPPER}])|[{UPPER}][\w’'-]{{0,40}}\w|"
    rf"[{UPPER}]\.(?:-?[{UPPER}]\.){{0,8}}|[{UPPER}])"
)
NAME = rf"{_WORD}(?:[ \u00a0](?:(?:{PARTICLES})[ \u00a0]){{0,2}}(?:[ae]l-)?{_WORD}){{0,4}}"
# With what an organisation is “of” or “for”.
NAMED = rf"{NAME}(?:[ ](?:of|for|and|&|für|des|pour)[ ](?:the[ ])?{NAME})?"
_TITLES = re.compile(
    r"^(?:(?:Dr|DR|Prof|PROF|Mr|MR|Mrs|MRS|Ms|MS|Mx|Sir|Dame|Lord|Lady|Baroness|Baron|Rev|Hon|Mme|Mlle|Herr|Frau|"
    r"Professor|Professorin|Doctor|Dipl|Father|Sister|Brother|Bishop|Rabbi|Imam|Captain|Colonel|Señora?|Dra)\b\.?"
    r"(?:-Ing\.)?\s+)+"
)
_AFTER = re.compile(r",?\s+(?:PhD|Ph\.D\.|MD|M\.D\.|MBA|OBE|CBE|FRS|KC|Esq\.?)$")
_NUMBER = re.compile(
    r"^\s*(?:(?:expert|no\.?|nr\.?|number)\s*)?(?:#\s?)?\(?(\d{1,3}|[IVX]{2,5}|[ivx]{2,5})(?:[.):]|"
    r"\s[–—-])\s*(?=\D)|^\s*#\s?\d{1,3}\s+(?=\D)",
    re.I,
)
_BRACKETED = re.compile(r"^(?P<name>[^()\[\]]{2,80}?)\s*[(\[](?P<role>[^()\[\]]{2,200})[)\]]\s*[:.]?$")
_PARTED = re.compile(r"^(?P<name>[^,:|–—]{2,80}?)\s*(?P<mark>,|:|\||\s[–—-]|[–—])\s+(?P<role>\S.{1,200})$")
_FROM = re.compile(
    r"^(?:(?:statement|comment|reply|response|answer|view|message|letter|interview|q ?& ?a|conversation)\s+(?:from|"
    r"by|of|with)|"
    r"profile:|the view of|stellungnahme von|interview mit)\s+",
    re.IGNORECASE,
)
_VIEW = re.compile(
    r"^(?:(?:what|how|why)\s+)?(?P<name>.{3,60}?)(?:[’']s?\s+(?:view|views|take|position|answer|case|argument|opinion|"
    r"perspective|response|warning|bet)\b.*|\s+(?:says|thinks|argues|believes|answers|responds)\b.*)$",
    re.IGNORECASE,
)
ROLE_WORDS = (
    r"ceo|cto|cfo|coo|chief|founder|co-founder|cofounder|president|vice|director|head|lead|leader|professor|"
    r"lecturer|dean|"
    r"economist|researcher|scientist|engineer|analyst|partner|investor|entrepreneur|minister|senator|secretary|"
    r"commissioner|"
    r"chair|chairman|chairwoman|chairperson|fellow|editor|author|journalist|writer|lawyer|attorney|judge|advisor|"
    r"adviser|"
    r"consultant|strategist|historian|philosopher|physicist|sociologist|psychologist|ethicist|policy|manager|officer|"
    r"governor|mayor|deputy|spokesman|spokeswoman|spokesperson|developer|architect|designer|doctor|teacher|czar|"
    r"expert|activist|campaigner|farmer|nurse|founding|principal|senior|member|mp|mep|congressman|congresswoman|"
    r"veteran|pioneer|executive|owner|student|curator|coordinator|organiser|organizer|planner|hydrologist|biologist|"
    r"landlord|landlady|tenant|worker|unionist|striker|goalkeeper|midfielder|defender|captain|manager|coach|referee|"
    r"grandmaster|surgeon|midwife|pharmacist|zoologist|chemist|broker|builder|trader|baker|brewer|grower|breeder|"
    r"keeper|beekeeper|driver|pilot|sailor|fisherman|forester|gardener|shepherd|publisher|producer|actor|actress|"
    r"singer|musician|composer|painter|poet|novelist|critic|columnist|blogger|broadcaster|presenter|resident|"
    r"commuter|patient|parent|mother|father|pupil|apprentice|trustee|treasurer|arbiter|counsellor|councillor|"
    r"priest|bishop|ambassador|negotiator|whistleblower|inspector|examiner|auditor|banker|accountant|publican|"
    r"architektin|\w{2,30}(?:meister|forscher|leiter|sprecher|expert|wirt|händler|anwält|lehrer|berater|politiker|"
    r"wissenschaftler|besitzer|ingenieur|vertreter|mieter|makler|pfleger|trainer)(?:in|e)?|\w{2,30}(?:arzt|ärztin|"
    r"anwalt|wirtin|bauer|bäuerin|pfarrer|pfarrerin)|physiker|biologe|chemiker|agriculteur|agricultrice|médecin|"
    r"urbaniste|syndicaliste|maire|adjointe?|élue?|\w{3,30}(?:ektin|istin|ologin|ikerin|ologe|ologue)|statistician|"
    r"\w{2,30}ologist|\w{2,30}ician|\w{2,30}ographer|geschäftsführer|geschäftsführerin|gründer|gründerin|"
    r"professorin|forscher|forscherin|leiter|leiterin|vorsitzende|"
    r"vorsitzender|ökonom|ökonomin|informatiker|informatikerin|ministerin|sprecher|sprecherin|vorstand|chefin|chef|"
    r"wissenschaftler|wissenschaftlerin|präsident|präsidentin|bürgermeister|bürgermeisterin|"
    r"directeur|directrice|fondateur|fondatrice|professeur|professeure|chercheur|chercheuse|économiste|ministre|"
    r"présidente|président|avocat|avocate|sociologue|philosophe|responsable|ingénieur|ingénieure"
)
ROLE = re.compile(rf"\b(?:{ROLE_WORDS})s?\b", re.IGNORECASE)
_ROLE_FIRST = re.compile(
    rf"^(?P<role>(?:[\w’'-]+ ){{0,3}}?(?i:{ROLE_WORDS}))\s+"
    rf"(?P<name>(?:(?:Dr|Prof|Sir)\.?\s+)?[{UPPER}][\w.’'-]*\s+\S.{{1,120}})$"
)
# Who is “of” an organisation; a minister is “of” a field.
_OF = re.compile(
    r"\b(?:ceo|cto|cfo|coo|founder|cofounder|president|director|head|chair\w*|chief\b.*|spokes\w+|editor|leader|"
    r"partner|owner|fellow|"
    r"leiter(?:in)?|chef(?:in)?|gründer(?:in)?|geschäftsführer(?:in)?|vorsitzende[rn]?|directeur|directrice|"
    r"fondat\w+|maire|mayor)$",
    re.IGNORECASE,
)

# Words of headings that are about something; no name holds them.
_TOPICS = """
the a an of and or in on for to from with without by at as is are was be been it its this that these those what who
why how when where which will would can could should must may does do did has have not no yes more less most least
about after before between under over against versus vs our your their his her my we you they he she all any every
some other new old final key main big small next last first second third best worst top way ways step steps ai
artificial intelligence data energy power race future risk risks jobs work labour labor economy economic economics
regulation policy policies politics law safety security privacy ethics education health climate model models compute
chips chip export exports control controls open closed source sources software hardware market markets money cost
costs price prices growth trade war peace science technology tech research innovation competition business industry
background context overview introduction summary conclusion conclusions verdict takeaway takeaways question
questions answer answers debate views view voices experts expert opinion opinions reactions response responses
comments discussion analysis outlook results methodology method methods reference references contents table figure
appendix faq help contact home news article articles story read share subscribe newsletter advertisement related
topics tags menu search terms cookies sign log part chapter section note notes update updated global public private
social digital human humans people world country countries government governments water housing transport food
farming schools winners losers pros cons thoughts ahead road bottom line matters say says die der das ein eine und
oder mit ohne für auf im am zum zur wie wer warum ist sind fazit einleitung zukunft arbeit energie risiken chancen
wirtschaft politik sicherheit datenschutz forschung technik regulierung ausblick hintergrund les des une et ou avec
sans pour dans sur est sont avenir travail énergie risques économie politique sécurité recherche contexte bilan
"""
NO_NAME = frozenset(fold(word) for word in _TOPICS.split())
_DAYS = """
january february march april june july august september october november december monday tuesday wednesday thursday
friday saturday sunday januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet
août septembre octobre novembre décembre jan feb mar apr jun jul aug sep sept oct nov dec
"""
_MONTHS = frozenset(_DAYS.split())


@dataclass(frozen=True, slots=True)
class Titled:
    """A heading taken apart. `is_numbered` and `has_role` speak for its being a person's."""

    name: str
    role: str = ""
    organisation: str = ""
    is_numbered: bool = False
    has_role: bool = False
    rest: str = ""


def strip_number(text: str) -> str:
    return _NUMBER.sub("", text).strip()


def clean_name(text: str) -> str:
    """Without number, title, degree, possessive or closing punctuation."""
    name = strip_number(" ".join(text.split())).strip(" \t,.;:*_–—-•|“”\"'’")
    name = _AFTER.sub("", _TITLES.sub("", name))
    name = name if re.search(r"\bSt\.? [\w-]+[’']s$", name) else re.sub(r"[’']s$", "", name)
    return re.sub(r"^@", "", name).strip() if re.search(r"\w", name) else ""


def has_title(text: str) -> bool:
    return bool(_TITLES.match(strip_number(text)))


def looks_like_name(text: str, least: int = 2) -> bool:
    """Two to five capitalised words (one where `least` says so), particles between them, none that names a topic; or an
    organisation."""
    name = clean_name(text)
    words = name.split()
    if not words or len(words) > 9 or len(name) > 80 or re.search(r"[?!;:…\d@/\\|]", name):
        return False
    if is_caseless(name):
        return len(name) <= 12 and len(words) <= 4
    return looks_like_organisation(name, NO_NAME) or _is_persons(words, least)


def _is_persons(words: list[str], least: int) -> bool:
    bare = [word for word in words if word.lower() not in PARTICLES.split("|")]
    if not least <= len(bare) <= 5 or len(words) > 6:
        return False
    if any(fold(word) in NO_NAME or word.lower().strip(".") in _MONTHS for word in bare):
        return False
    return all(
        re.fullmatch(rf"(?:[ld]['’]|[AaEe]l-|Mc)?[{UPPER}][\w.’'-]*|[A-Z]\.?", word) or is_caseless(word)
        for word in bare
    )


def is_caseless(text: str) -> bool:
    """Written in letters that know no capitals: Chinese, Arabic, Hindi …"""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 1 and all(c.upper() == c.lower() for c in letters)


def take_apart(text: str) -> Titled:
    """“2. Mara Lind (CEO, Ostrom Labs)” → Mara Lind, CEO, Ostrom Labs."""
    is_numbered = bool(_NUMBER.match(text))
    bare = _FROM.sub("", strip_number(text).rstrip(":").strip())
    if found := _ROLE_FIRST.match(bare):
        return _take_role_first(bare, found, is_numbered)
    if found := _BRACKETED.match(bare):
        role, organisation = split_role(found["role"])
        return Titled(clean_name(found["name"]), role, organisation, is_numbered, has_role=True)
    if (found := _PARTED.match(bare)) and looks_like_name(found["name"], least=1 if is_numbered else 2):
        said = found["role"].strip(" ()")
        if found["mark"] == "," or ROLE.search(said):
            has_role = bool(ROLE.search(said))
            role, organisation = split_role(said)
            role, organisation = (role, organisation) if role else (organisation, "")
            return Titled(clean_name(found["name"]), role, organisation, is_numbered, has_role=has_role)
        return Titled(clean_name(found["name"]), is_numbered=is_numbered, rest=said)
    if (found := _VIEW.match(bare)) and looks_like_name(found["name"]):
        return Titled(clean_name(found["name"]), is_numbered=is_numbered, rest=bare)
    return Titled(clean_name(bare), is_numbered=is_numbered)


def _take_role_first(bare: str, found: re.Match[str], is_numbered: bool) -> Titled:
    """“Tenant organiser Ada Lind (Ostrom)”; a person named Bishop or Farmer needs two more words to be a farmer."""
    behind = take_apart(found["name"])
    role, rest = found["role"], behind.role or behind.organisation
    if not looks_like_name(behind.name):
        return Titled(clean_name(bare), is_numbered=is_numbered)
    return Titled(behind.name, role, behind.organisation or rest, is_numbered, has_role=True, rest=behind.rest)


def spread_capitals(name: str) -> str:
    """PIETER VAN DER BERG → Pieter van der Berg."""
    words = [word.lower() if word.lower() in PARTICLES.split("|") else word for word in name.title().split()]
    return " ".join([words[0].title(), *words[1:]])


def split_role(text: str) -> tuple[str, str]:
    """“professor of law at Ulm University” → professor of law, Ulm University."""
    text = " ".join(text.split()).strip(" ,;:()")
    for pattern in (
        r"\s+(?:at|bei|beim|chez)\s+(?:the\s+)?",
        r",\s*",
        r"\s+(?:of|for|with|from|von|der|des|de|du|à la|à)\s+(?:the\s+)?",
    ):
        parts = re.split(pattern, text, maxsplit=1)
        if len(parts) == 2 and parts[0] and parts[1]:
            if pattern.startswith(r",") and not ROLE.search(parts[0]) and ROLE.search(parts[1]):
                return parts[1], parts[0]
            if "of|for" in pattern and (parts[1][:1].islower() or not _OF.search(parts[0])):
                continue
            return parts[0], parts[1]
    return (text, "") if ROLE.search(text) or text[:1].islower() else ("", text)

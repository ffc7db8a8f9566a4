"""Who a document speaks of: full names once seen, so that “Lind” and “she” later mean somebody."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aisrace.lib.text import fold
from articles.importing.names import (
    NAME,
    NO_NAME,
    PARTICLES,
    ROLE,
    ROLE_WORDS,
    UPPER,
    clean_name,
    looks_like_name,
    split_role,
)
from articles.importing.organisations import KIND, looks_like_organisation
from articles.importing.reading import Named

VERBS = (
    r"says?|said|saying|tells?|told|telling|notes?|noted|noting|states?|stated|stating|explains?|explained|"
    r"explaining|argues?|"
    r"argued|arguing|adds?|added|adding|writes?|wrote|writing|warns?|warned|warning|claims?|claimed|believes?|"
    r"believed|thinks?|"
    r"thought|points? out|pointed out|calls?|called|calling|describes?|described|describing|insists?|insisted|"
    r"comments?|commented|"
    r"remarks?|remarked|observes?|observed|suggests?|suggested|predicts?|predicted|concludes?|concluded|"
    r"stress(?:es|ed)|"
    r"emphasi[sz]e[sd]?|highlights?|highlighted|underlines?|underlined|admits?|admitted|acknowledges?|acknowledged|"
    r"concedes?|"
    r"conceded|repl(?:y|ies|ied)|responds?|responded|asks?|asked|answers?|answered|announces?|announced|declares?|"
    r"declared|tweets?|"
    r"tweeted|posts?|posted|puts? it|recalls?|recalled|counters?|countered|objects?|objected|cautions?|cautioned|"
    r"maintains?|"
    r"maintained|asserts?|asserted|contends?|contended|continues?|continued|quips?|quipped|jokes?|joked|muses?|"
    r"mused|reckons?|"
    r"reckoned|testified|urges?|urged|complains?|complained|laments?|lamented|summari[sz]e[sd]?|sums? up|summed up|"
    r"agrees?|agreed|"
    r"disagrees?|disagreed|describes?|likens?|likened|dismisse[sd]|dismisses|criticise[sd]?|criticized|fears?|"
    r"feared|expects?|"
    r"expected|hopes?|hoped|speaks? of|spoke of|talks? of|talked of|refers? to|referred to|reminds?|reminded|"
    r"sagte?|sagten|erklärte?|erklärten|meinte?|betonte?|schreibt|schrieb|warnte?|findet|fand|forderte?|ergänzte?|"
    r"glaubte?|"
    r"kritisierte?|fügte?|fügt|berichtete?|urteilte?|argumentierte?|nennt|nannte|fragte?|antwortete?|bemerkte?|"
    r"entgegnete?|resümierte?|"
    r"stellte? fest|räumte?|rät|riet|sieht|hofft|fürchtete?|spricht|sprach|mahnte?|erläuterte?|"
    r"considers?|considered|finds|promise[sd]?|vow(?:s|ed)|reject(?:s|ed)|wants|wanted|demand(?:s|ed)|propose[sd]?|"
    r"recommend(?:s|ed)|snap(?:s|ped)|shrugged|confirm(?:s|ed)|confess(?:es|ed)|denie[sd]|grin(?:s|ned)|grumble[sd]?|"
    r"plead(?:s|ed)|pledge[sd]?|protest(?:s|ed)|retort(?:s|ed)|scoff(?:s|ed)|shout(?:s|ed)|snort(?:s|ed)|wonder(?:s|ed)|"
    r"worrie[sd]|boast(?:s|ed)|accuse[sd]?|advise[sd]?|allege[sd]?|clarifie[sd]|exclaim(?:s|ed)|insinuate[sd]?|"
    r"interject(?:s|ed)|reveal(?:s|ed)|reiterate[sd]?|speculate[sd]?|swears?|swore|goes on|went on|"
    r"hält|hielt|verspricht|versprach|verlangte?|lobte?|spottete?|bestätigte?|zitierte?|seufzte?|lachte?|gibt zu|"
    r"voit|tranche|tranché|promet|promis|propose|proposé|dénonce|dénoncé|plaide|plaidé|ironise|lâche|lâché|glisse|glissé|"
    r"demande|demandé|redoute|évoque|évoqué|qualifie|qualifié|soupire|confie|confié|"
    r"asegura|aseguró|cuenta|contó|opina|opinó|comenta|comentó|responde|respondió|considera|consideró|lamenta|concluye|"
    r"reconoce|pregunta|resume|"
    r"laughs?|laughed|sighs?|sighed|repeats?|repeated|shrugs?|smiles?|dit|parle|parlait|disait|déclare|déclaré|"
    r"explique|expliqué|estime|estimé|affirme|affirmé|ajoute|ajouté|"
    r"souligne|souligné|précise|précisé|"
    r"écrit|juge|jugé|prévient|prévenu|avertit|averti|assure|assuré|répond|répondu|insiste|insisté|rappelle|"
    r"rappelé|raconte|"
    r"raconté|conclut|poursuit|regrette|regretté|résume|résumé|prédit|craint|reconnaît|"
    r"dice|dijo|afirma|afirmó|explica|explicó|señala|señaló|advierte|advirtió|sostiene|añade|añadió"
)
VERB = re.compile(rf"\b(?:{VERBS})\b|(?<=-t-)(?:il|elle)\b", re.IGNORECASE)
ACCORDING = re.compile(
    r"\b(?:according to|in the words of|in the view of|as per|in the (?:eyes|opinion|judge?ment) of|"
    r"for|aus (?:der )?sicht (?:von|der|des)|laut|zufolge|nach (?:ansicht|meinung|worten) "
    r"(?:von|der|des)|so|"
    r"selon|d[’']après|pour|según)\b(?=\s)",
    re.IGNORECASE,
)
_FOR = re.compile(r"\b(?:for|so|pour)\b", re.IGNORECASE)
PRONOUN = re.compile(
    rf"\b(?:he|she|they|er|sie|ils?|elles?|él|ella)\b|\b(?:the|der|die|le|la|l[’'])\s?(?:{ROLE_WORDS})\b", re.IGNORECASE
)
_NAMED = re.compile(NAME)
_ROLE_BEFORE = re.compile(rf"^(?:.*\s)?(?:{ROLE_WORDS})s?\s+(?=\S)", re.IGNORECASE)
_AT_HOUSE = re.compile(rf"\s(?:vom|zum|zur|von|der|de|du|del|des|da|do)\s(?:(?:{KIND.pattern})\b.*)$", re.IGNORECASE)
_LEADING = """
ganz anders nur noch wer was wo mit bei einer eine einen ein kein keine seine ihre nicht doch zwei drei viele manche
unsere sein ihr pressed challenged told reached quite rather hence thus mais puis ici sans avec chez notre nos leur

but yet and so as when while however meanwhile still then there here today yesterday now also later earlier
according although though because since if after before in on at by for from of to with like unlike asked speaking
writing instead indeed perhaps course this that these those it its his her their our my we i you he she they one two
some many most others both critics experts researchers analysts officials people everyone nobody someone sources
reporters readers aber doch und als wenn auch dann dort hier heute laut nach das die der er sie wir ich es dies
diese mais et donc selon pour quand aussi il elle ils elles nous je ce cette le la les un une des dans mr mrs ms dr
prof yes no why what how who let president chancellor neither either only even once another each every all any such
fellow former kanzler professor herr frau
"""
_BEFORE_NAME = frozenset(fold(word) for word in _LEADING.split())


@dataclass(frozen=True, slots=True)
class Mention:
    start: int
    end: int
    name: str
    is_known: bool


class People:
    """Those named so far. A surname alone means the last one introduced who bears it."""

    def __init__(self) -> None:
        self.named: dict[str, Named] = {}
        self.by_part: dict[str, str] = {}
        self.candidates: dict[str, str] = {}  # full names that stand in the text, by surname
        self.subjects: set[str] = set()  # those of them that begin a sentence and do something

    def add(self, name: str, role: str = "", organisation: str = "") -> str:
        """The name they are kept under: the one known already where this is only a part or another spelling of it."""
        name = clean_name(name)
        key = fold(name)
        known = self.resolve(name)
        name = name if known or " " in key else self.candidates.get(key, name)
        key = fold(name)
        kept = known or name
        if not key:
            return ""
        old = self.named.get(fold(kept), Named(kept))
        self.named[fold(kept)] = Named(kept, old.role or role, old.organisation or organisation)
        if not known and (" " in key):
            words = key.split()
            self.by_part[words[-1]] = name
            if not looks_like_organisation(name):
                self.by_part.setdefault(words[0], name)
            if len(words) > 2 and words[-2] in PARTICLES.split("|"):
                self.by_part[" ".join(words[-2:])] = name
        return kept

    def respell(self, name: str, spelling: str) -> None:
        self.named[fold(name)] = Named(spelling, self.named[fold(name)].role, self.named[fold(name)].organisation)
        self.by_part = {part: spelling if full == name else full for part, full in self.by_part.items()}

    def resolve(self, words: str) -> str:
        """Empty for somebody unknown."""
        key = fold(clean_name(words))
        if not key:
            return ""
        if key in self.named:
            return self.named[key].name
        if key in self.by_part:
            return self.by_part[key]
        parts = key.split()
        if known := next((named.name for full, named in self.named.items() if full.endswith(f" {key}")), ""):
            return known
        full = self.by_part.get(parts[-1], "")
        if len(parts) > 1 and full and _is_same(parts, fold(full).split()):
            return full
        return ""

    def mentions(self, text: str) -> Iterator[Mention]:
        """Names in running text, in order."""
        for match in _NAMED.finditer(text):
            yield from self._read(match[0], match.start())

    def _read(self, words: str, start: int) -> Iterator[Mention]:
        pieces = [(m[0], m.start()) for m in re.finditer(r"\S+", words)]
        for size in range(len(pieces), 0, -1):
            for first in range(len(pieces) - size + 1):
                chosen = pieces[first : first + size]
                said = re.sub(r"[’']s?$", "", " ".join(word for word, _ in chosen))
                if known := self.resolve(said):
                    yield Mention(start + chosen[0][1], start + chosen[-1][1] + len(chosen[-1][0]), known, True)
                    return
        name, offset = _trim(words)
        if " " not in name and fold(name) in self.candidates and fold(self.candidates[fold(name)]) in self.subjects:
            yield Mention(start + offset, start + offset + len(name), self.candidates[fold(name)], False)
        elif name:
            yield Mention(start + offset, start + offset + len(name), name, False)


def _is_same(parts: list[str], full: list[str]) -> bool:
    """“M. Lind” and “Mara Lind”, “Jan Lind” and “Jan Peter Lind”; not “Tom Lind”."""
    return parts[0][0] == full[0][0] and (len(parts[0]) == 1 or len(full[0]) == 1 or parts[0] == full[0])


def _trim(words: str) -> tuple[str, int]:
    """A new name without what stands before it: “But OpenAI CEO Ada Lind’s” → Ada Lind."""
    name = words
    while name and fold(name.split()[0]) in _BEFORE_NAME:
        name = name.partition(" ")[2].lstrip()
    if role := _ROLE_BEFORE.match(name):
        name = name[role.end() :]
    if at := _AT_HOUSE.search(name):
        name = name[: at.start()]
    name = re.sub(r"[’']s?$", "", name)
    if (
        not name
        or name[0].islower()
        or re.fullmatch(r"(?:[A-Z]\.)+|.", name)
        or (ROLE.fullmatch(name))
        or all(fold(word) in NO_NAME for word in name.split())
    ):
        return "", 0
    return name, words.index(name)


_APPOSED = re.compile(
    rf"(?P<name>{NAME})(?:\s*\((?P<bracket>[^()]{{3,120}})\)|"
    rf",\s+(?P<comma>[^,;:.“„«\"]{{3,120}}(?:,\s+[^,;:.“„«\"]{{2,60}}){{0,2}}))(?P<after>[,:]?\s*)"
)
_SPOKEN = re.compile(
    rf"(?P<name>{NAME})(?:,[^,.;:“„«\"]{{2,120}},|,)?\s+(?:has |had |also |recently |a |hat )?(?:{VERBS})\b"
)
_SUBJECT = re.compile(
    rf"(?:^|(?<=[.!?] ))(?:(?:Father|Sister|Dr|Prof|Sir|Dame|Frau|Herr)\.?\s)*(?!(?:New|South|North|East|West|"
    rf"United|Great|San|Los|Saint|Hong|Sri|Saudi|Latin|Central|Silicon|European|Wall|White|The)\s)"
    rf"(?P<name>{NAME})\s(?!(?:and|or|und|et|of|for)\b)[a-zà-ÿ]+(?=\s)"
)
_WHO = re.compile(rf"(?P<name>{NAME}),?\s+(?:who|whose|der|die|deren|dessen|qui|dont)\b")
_MONONYM = re.compile(rf"(?:^|(?<=[.!?] ))(?P<name>[{UPPER}]\w+), (?:the|an?|who)\s[^,.“”]{{2,60}}, (?:{VERBS})\b")
_SPEAKS = re.compile(rf"\b(?i:{VERBS}|according to|laut|selon)\s+(?:[a-zà-ÿ’'-]+\s+){{0,4}}(?P<name>{NAME})")


def find_people(people: People, texts: Iterable[str]) -> None:
    """Adds those who are introduced with a role or made to speak, by their full names."""
    for text in texts:
        for match in _NAMED.finditer(text):
            name, _ = _trim(match[0])
            if looks_like_name(name) and len(name.split()) <= 4:
                people.candidates.setdefault(fold(name.split()[-1]), name)
        for match in _APPOSED.finditer(text):
            said = match["bracket"] or match["comma"] or ""
            role_like = ROLE.search(said)
            name, _ = _trim(match["name"])
            if name and role_like and role_like.start() < 60 and looks_like_name(name):
                role, organisation = split_role(_before_verb(said))
                people.add(name, role, organisation)
        people.subjects |= {fold(m["name"]) for m in _SUBJECT.finditer(text) if looks_like_name(_trim(m["name"])[0])}
        _find_speaking(people, text)


def _find_speaking(people: People, text: str) -> None:
    for match in _MONONYM.finditer(text):
        if not people.resolve(match["name"]) and fold(match["name"]) not in _BEFORE_NAME | NO_NAME:
            people.add(match["name"])
    for pattern in (_SPOKEN, _SPEAKS, _WHO):
        for match in pattern.finditer(text):
            name, _ = _trim(match["name"])
            if " " not in name and pattern is not _WHO:
                name = people.candidates.get(fold(name), "")
            if name and looks_like_name(name) and (len(name.split()) <= 4 or looks_like_organisation(name)):
                people.add(name)


def _before_verb(said: str) -> str:
    """“head of policy at Ostrom, said” → head of policy at Ostrom."""
    found = VERB.search(said)
    said = said[: found.start()] if found else said
    return re.sub(r"^(?:an?|the|der|die|le|la|l[’'])\s+", "", said.strip(" ,"))

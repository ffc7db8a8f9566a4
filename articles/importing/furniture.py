"""Lines that are not the article but the page around it, told by their words: for text that lost its markup."""

import re
from collections.abc import Sequence

from articles.importing.blocks import Block

_I = re.IGNORECASE
# A whole line in a page's words. In this order; the first that matches names it.
_LINES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (why, re.compile(rf"\W*(?:{words})\W*", _I))
    for why, words in (
        (
            "reading time",
            r"(?:(?:estimated )?reading time\W*)?(?:about |ca\.? |approx\.? )?\d{1,3}[ -]?(?:min(?:ute)?s?|"
            r"minuten?)\b\.?"
            r"(?: (?:read(?:ing)?(?: time)?|lesezeit|de lecture|de lectura|lesen))|(?:reading time|read time|"
            r"lesezeit|temps de "
            r"lecture|lecture|tiempo de lectura)\W{1,3}(?:ca\.? )?\d{1,3} ?\w*\.?|\d{1,3} min",
        ),
        (
            "share bar",
            r"(?:share|tweet|pin it|whatsapp|facebook|twitter|linkedin|reddit|telegram|bluesky|mastodon|threads|x|"
            r"e-?mail|"
            r"print|copy link|copy|link copied!?|pinterest|flipboard|teilen|drucken|partager|imprimer|compartir|"
            r"save|bookmark|"
            r"share this(?: \w+)?|share on \w+|share via \w+|share (?:article|story|post)|gift this article|listen)"
            r"(?:\W+(?:share|tweet|whatsapp|facebook|twitter|linkedin|reddit|telegram|bluesky|mastodon|threads|x|"
            r"e-?mail|print|"
            r"copy link|pinterest|pin it|teilen|drucken|partager|more|on|via|this|article|share on \w+))*|"
            r"\d+ (?:shares|likes|claps)|(?:artikel|beitrag) teilen|partager (?:cet|l’|l') ?article|share this.{0,30}",
        ),
        (
            "comment box",
            r"responses from readers|leave a (?:comment|reply|response)|(?:\d+ |no )?comments?(?: ?\(\d+\))?|post "
            r"(?:a )?comment|"
            r"write a (?:comment|response|reply)|add a comment|join the (?:conversation|discussion)|reply|clear|submit|"
            r"responses(?: ?\(\d+\))?|show (?:all )?comments|view (?:all )?comments|load more comments|log in to "
            r"(?:reply|comment)|"
            r"(?:\d+ )?kommentare?(?: ?\(\d+\))?|kommentar (?:schreiben|hinterlassen)|(?:\d+ )?commentaires?|"
            r"laisser un commentaire|"
            r"(?:please )?(?:log|sign) in to (?:leave a )?comment.{0,30}|be the first to comment|report abuse|sort "
            r"by.{0,20}",
        ),
        (
            "advertisement",
            r"(?:advertisement|advertorial|sponsored(?: content| post)?|ad|anzeige|werbung|publicité|publicidad|"
            r"promoted|"
            r"advertise with us|story continues below(?: advertisement)?|continue reading below|paid "
            r"partnership.{0,60})"
            r"|(?:advertisement|sponsored|anzeige|werbung|publicité|promoted)\s*[:–—-].{1,200}",
        ),
        (
            "newsletter",
            r"(?:subscribe|sign up|register)(?: now| today| here)?(?: (?:to|for) (?:our|the|free|my) .{0,80})?|"
            r"newsletter|"
            r"get (?:our|the) (?:free |daily |weekly |best ).{0,80}(?:inbox|newsletter|e-?mail).{0,40}|your "
            r"e-?mail(?: address)?|"
            r"enter your e-?mail.{0,60}|newsletter abonnieren|jetzt abonnieren|abonnez-vous.{0,60}|become a "
            r"(?:member|subscriber)"
            r"|(?:stay|keep) (?:up to date|informed|in the loop).{0,80}",
        ),
        (
            "related articles",
            r"(?:related|recommended|more|further)(?: (?:articles?|stories|posts|reading|content|topics|news|from "
            r".{1,40}|on .{1,40}))|"
            r"related|you (?:may|might) also (?:like|enjoy).{0,20}|read next|up next|trending(?: now)?|most "
            r"(?:read|popular)|popular "
            r"(?:posts|articles)|recommended(?: for you)?|(?:das könnte|auch).{0,20}interessieren|mehr zum thema|"
            r"verwandte artikel|"
            r"à lire aussi.{0,120}|sur le même (?:sujet|thème)|(?:also read|see also|read also|lesen sie "
            r"auch|read next|up next)\s*[:|–—-].{0,160}",
        ),
        (
            "share bar",
            r"(?:view|see) this (?:post|photo|reel|thread) on \w+|a (?:post|photo|video|reel) shared by .{1,80}",
        ),
        (
            "navigation",
            r"skip to (?:main )?content|menu|search|home|back to top|top|previous(?: article| post)?|next(?: "
            r"article| post)?|close|"
            r"table of contents|contents|toggle navigation|main navigation|jump to .{0,30}|show (?:details|more)|"
            r"read more|load more|"
            r"startseite|suche|menü|nach oben|inhaltsverzeichnis|inhalt|accueil|rechercher|sommaire|haut de page|"
            r"sections|"
            r"open in app|get app|expand|collapse|view all|see all|all topics|go back|back|zurück|weiter|retour|"
            r"follow(?: us)?"
            r"(?: on .{0,60})?|(?:log|sign)[ -]?in|(?:log|sign)[ -]?out|my account|register|anmelden|se connecter|"
            r"connexion",
        ),
        (
            "page footer",
            r"(?:copyright )?(?:©|\(c\)|copyright) .{0,160}|.{0,80}all rights reserved.{0,40}|alle rechte "
            r"vorbehalten.{0,40}|tous droits "
            r"réservés.{0,40}|(?:terms(?: of (?:use|service))?|privacy(?: policy| notice)?|imprint|impressum|"
            r"datenschutz|contact(?: us)?|"
            r"about(?: us)?|legal(?: notice)?|mentions légales|accessibility|careers|jobs|advertise|help|faq|"
            r"sitemap|cookie "
            r"(?:policy|settings)|kontakt|agb|über uns)(?:[\s|·•,/&–-]+(?:terms(?: of (?:use|service))?|privacy(?: "
            r"policy| notice)?|imprint|"
            r"impressum|datenschutz|contact(?: us)?|about(?: us)?|legal(?: notice)?|accessibility|careers|jobs|"
            r"advertise|help|faq|"
            r"sitemap|cookie (?:policy|settings)|kontakt|agb|über uns|cookies))*",
        ),
        ("tags", r"(?:tags?|filed under|topics?|categories|category|schlagwörter|mots-clés|posted in)\s*:.{1,200}"),
        (
            "note on the editing",
            r"(?:this|the) (?:interview|conversation|transcript|discussion)\b.{0,40}\b(?:edited|condensed|"
            r"shortened|translated|recorded)\b"
            r".{0,80}|das (?:gespräch|interview) (?:führte|wurde)\b.{0,80}|propos recueillis par .{1,60}",
        ),
        ("divider", r"[-*_=~•·#—–\s]{3,}|\* ?\* ?\*"),
    )
)
_COOKIES = re.compile(
    r"(?:(?:we|this (?:site|website|page)|our (?:site|website|partners)|wir|diese (?:seite|website)|nous|ce "
    r"site)\b.{0,80}"
    r"\bcookies?\b)|\bcookies?\b.{0,60}\b(?:policy|settings|preferences|consent|accept|reject|essential|"
    r"akzeptieren|einstellungen)"
    r"|\b(?:accept|reject|allow|manage)\b.{0,20}\bcookies\b|\b(?:alle )?cookies (?:akzeptieren|ablehnen|zulassen)"
    r"|(?:accepter|refuser) (?:tous )?les cookies",
    _I,
)
_CONSENT = re.compile(
    r"\W*(?:accept(?: all)?|reject(?: all)?|allow all|decline|i agree|agree|got it!?|ok(?:ay)?|manage "
    r"(?:preferences|options|settings)|"
    r"necessary(?: only)?|show details|hide details|customi[sz]e|preferences|statistics|marketing|alle akzeptieren|"
    r"akzeptieren|"
    r"ablehnen|einstellungen|tout accepter|tout refuser|accepter|refuser|paramétrer)"
    r"(?:[\s|·/]+(?:accept(?: all)?|reject(?: all)?|decline|manage (?:preferences|options|settings)|customi[sz]e))*\W*",
    _I,
)
_CRUMBS = re.compile(r"[^.!?»«“”\"]{1,40}(?:\s*[›»>/|·•]\s*[^.!?“”\"]{1,60}){2,}")
_TAIL = {"comment box", "related articles", "newsletter", "share bar"}
_INVITATION = re.compile(
    r"(?:(?<=[.!?] )|(?<=^))[^.!?]*\b(?:let (?:us|me) know|tell us|share your (?:thoughts|views|opinion)|join the "
    r"(?:discussion|conversation)|"
    r"leave (?:us )?a comment|what do you think)\b[^.!?]{0,120}\b(?:comments?|below|section)\b[^.!?]*[.!?]*",
    _I,
)


def name_furniture(block: Block) -> str:
    """What the line is if not the article's; empty for the article."""
    text = " ".join(block.text.split())
    if block.kind == "rule":
        return "divider"
    if len(text) < 900 and _COOKIES.search(text) and _is_notice(text):
        return "cookie notice"
    if not text or len(text) > 220 or block.kind == "figure":
        return ""
    return next((why for why, pattern in _LINES if pattern.fullmatch(text)), "") or _name_trail(block, text)


def _name_trail(block: Block, text: str) -> str:
    """“Home › News › AI”; a byline may look alike."""
    if block.kind not in ("heading", "row", "quote") and len(text) < 160 and _CRUMBS.fullmatch(text) and " " in text:
        return "" if re.search(r"\b(?:19|20)\d\d\b|^by\b|^von\b|^par\b", text, _I) else "navigation"
    return ""


def _is_notice(text: str) -> bool:
    """A notice speaks to whoever visits the page; an article about cookies speaks of them."""
    return bool(
        re.search(
            r"\b(?:we|our|wir|unsere|nous|nos)\b.*\bcookies?\b|\bcookies?\b.*\b(?:we|our|wir|unsere|nous|nos|you|"
            r"your)\b",
            text,
            _I | re.S,
        )
        and re.search(
            r"\b(?:site|website|page|seite|experience|privacy|consent|policy|accept|preferences|traffic|"
            r"personali[sz]|akzept|accept)",
            text,
            _I,
        )
    ) or (
        len(text) < 80
        and bool(_CONSENT.fullmatch(text) or re.search(r"accept|akzept|reject|settings|policy|préf", text, _I))
    )


def name_all(blocks: Sequence[Block]) -> list[str]:
    """As `name_furniture` for each, with what its neighbours tell: buttons beside a cookie notice, the lines of a
    comment box or of a list of other articles up to the next heading."""
    named = [_of_markup(block) or name_furniture(block) for block in blocks]
    for number, block in enumerate(blocks):
        if named[number] in ("page footer", "navigation") and _heads_text(blocks, named, number):
            named[number] = ""
        beside = named[max(0, number - 3) : number + 4]
        if _CONSENT.fullmatch(block.text) and "cookie notice" in beside:
            named[number] = "cookie notice"
    _spread(blocks, named)
    return named


def _heads_text(blocks: Sequence[Block], named: Sequence[str], number: int) -> bool:
    """“Privacy” or “Jobs” above a paragraph is a heading and no button."""
    block = blocks[number]
    if block.where or len(block.text) > 40 or number + 1 >= len(blocks) or named[number + 1]:
        return False
    return len(blocks[number + 1].text) > 60 and (block.kind == "heading" or named[number] == "page footer")


def _of_markup(block: Block) -> str:
    return "" if block.where in ("post", "byline", "date", "standfirst", "about the author") else block.where


def _spread(blocks: Sequence[Block], named: list[str]) -> None:
    """From a heading such as “Related articles” on; in text without headings only over short lines."""
    why, level = "", 0
    for number, block in enumerate(blocks):
        if named[number] in _TAIL and (block.kind == "heading" or len(block.text) > 6) and number > len(blocks) / 3:
            why, level = named[number], block.level if block.kind == "heading" else 0
        elif named[number] and named[number] != "divider":
            why = why if named[number] == why else ""
        elif why and block.kind == "heading" and (not level or block.level <= level):
            why = ""
        elif why and (level or _is_short(block)) and why != "share bar":
            named[number] = why
        elif why:
            why = ""


def _is_short(block: Block) -> bool:
    return len(block.text.split()) <= 16 and block.where != "about the author" and not block.text.endswith((".", "”"))


def find_invitation(text: str) -> tuple[int, int] | None:
    """A sentence that asks readers to comment."""
    found = _INVITATION.search(text)
    return found.span() if found else None

"""What is kept out of logs and reports: secrets in addresses, addresses of people, rows that a database quotes."""

import re

MASK = "***"
# Pages that open to whoever has the link. The test of this module holds them against the site's addresses.
SECRET_PAGES = (
    "/comments/confirm/",
    "/comments/confirmed/",
    "/comments/letters/off/",
    "/comments/appeal/",
    "/preview/",
    "/accounts/password/reset/key/",
)
PAGES = "|".join(re.escape(page) for page in SECRET_PAGES)
SECRET_PATH = re.compile(rf"({PAGES}).*", re.DOTALL)
SECRET_LINK = re.compile(rf"""({PAGES})[^\s"'<>]+""")
# What makes Django's signed values good (value:time:signature); keys of programs and other words nobody has chosen.
SIGNATURE = re.compile(r"(?::|%3[aA])[\w-]{4,12}(?::|%3[aA])[\w-]{27,}")
LONG_WORD = re.compile(r"(?<![\w-])(?=[\w-]{0,80}\d)(?=[\w-]{0,80}[A-Z])(?=[\w-]{0,80}[a-z])[\w-]{32,}")
GIVEN = re.compile(r"(?i)\b(bearer +|(?:key|token|password|secret) ?[=:] ?)[^\s,;&\"']+")
MAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
MOST = 20_000  # characters of a text, of which the end tells most; a path has a tenth
# PostgreSQL quotes the whole row that it refuses.
QUOTED_ROW = re.compile(r"DETAIL:.*?(?=\n\n(?:The above|During handling)|\Z)", re.DOTALL)


def scrub_path(path: str) -> str:
    """For the path of a request: whatever stands behind the name of a secret page is left out."""
    return mask_words(SECRET_PATH.sub(rf"\1{MASK}", path[: MOST // 10]))


def scrub_text(text: str) -> str:
    """For messages and tracebacks. Costs a few microseconds for a line."""
    if len(text) > MOST:
        text = f"{text[: MOST // 10]} … {text[-MOST:]}"
    if "DETAIL:" in text:
        text = QUOTED_ROW.sub(f"DETAIL: {MASK}", text)
    text = GIVEN.sub(rf"\1{MASK}", text)
    return mask_words(SECRET_LINK.sub(rf"\1{MASK}", text))


def mask_words(text: str) -> str:
    if "@" in text:
        text = MAIL.sub(MASK, text)
    if ":" in text or "%3" in text:
        text = SIGNATURE.sub(MASK, text)
    return LONG_WORD.sub(MASK, text)

"""How a text becomes the words by which it is found, and a question the words that are looked for: the same way.

Case, accents, width and ligatures do not count; English words are cut to their stems; what is written without spaces
(Chinese, Japanese, Thai …) is taken character by character, and found as a row of them. All of it in Python, so that
either database is only asked for what is equal.
"""

import re
import unicodedata
from functools import lru_cache
from threading import Lock

from snowballstemmer.english_stemmer import EnglishStemmer

LONGEST = 64  # characters of a word that count

# Letters that no decomposition makes plain.
_PLAIN = str.maketrans(
    {"ø": "o", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n", "ħ": "h"}
)
# Thai to Burmese, Khmer, and what Chinese and Japanese are written with.
SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{SPACELESS}]|[^\\W_{SPACELESS}]+")
_ASCII_WORD = re.compile("[a-z0-9]+")
_OWNED = re.compile(r"['’ʼ]s\b")
_DOTTED = re.compile(r"\b[a-z](?:\.[a-z])+\b")
_DOT = re.compile(r"\.[a-z]\b")  # found in no time, as most texts have none

# Left out of what is asked, unless there is nothing else: nearly every text has them, and a short one may not.
STOP = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "me",
        "my",
        "no",
        "of",
        "on",
        "or",
        "our",
        "she",
        "should",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)

_stemmer = EnglishStemmer()
_alone = Lock()  # a stemmer holds the word that it works on


def plain(text: str) -> str:
    """Small letters without accents; `U.S.` as one word, and nobody's `’s`."""
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_PLAIN)
        bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) not in ("Mn", "Me"))
        text = unicodedata.normalize("NFC", bare)
    if "'" in text or "’" in text or "ʼ" in text:
        text = _OWNED.sub("", text)
    return _DOTTED.sub(_undot, text) if _DOT.search(text) else text


def _undot(found: re.Match[str]) -> str:
    return found[0].replace(".", "")


def spell(text: str) -> list[str]:
    """The words of a text as they are spelt, plain."""
    text = plain(text)
    found = _ASCII_WORD.findall(text) if text.isascii() else _WORD.findall(text)
    return [word[:LONGEST] for word in found]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Of a plain word. Only what could be English has another than itself."""
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    with _alone:
        return _stemmer.stemWord(word)


def analyse(text: str) -> list[str]:
    """The stems of a text, in its order."""
    return [stem(word) for word in spell(text)]

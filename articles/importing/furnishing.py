"""What the markup of a page shows not to be its article: navigation, cookie notices, share bars, advertisements."""

import re
from typing import Any

# In this order: the first that matches the classes or the id names it.
_CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (why, re.compile(rf"(?:^|[\s_-])(?:{words})(?=$|[\s_-])", re.IGNORECASE))
    for why, words in (
        ("post", r"twitter-tweet|instagram-media|bluesky-embed|mastodon-embed|fb-post|linkedin-post|tweet|social-post"),
        ("cookie notice", r"cookies?|consent|gdpr|onetrust|cookiebar|cookiebanner|cmp"),
        ("share bar", r"share|sharing|sharebar|socials?|sharedaddy|addtoany|share-buttons"),
        ("comment box", r"comments?|respond|responses|disqus|comment-form|comment-list|discussion"),
        ("advertisement", r"ads?|advert|adverts|advertisement|advertising|sponsor|sponsored|adslot|promo|promotion"),
        ("newsletter", r"newsletter|subscribe|subscription|signup|sign-up|optin|paywall"),
        ("related articles", r"related|recommended|recommendations|read-next|more-stories|also-like|trending|popular"),
        ("table of contents", r"toc|table-of-contents|contents-list|jump-links"),
        ("navigation", r"nav|navbar|navigation|menu|breadcrumbs?|toolbar|pagination|pager|skip-link|topbar|masthead"),
        ("about the author", r"author-bio|author-box|about-author|author-info|author-card|bio|authorbox"),
        ("reading time", r"reading-time|read-time|readtime|readingtime"),
        ("page footer", r"footer|colophon|copyright|site-footer|page-footer"),
        ("page header", r"site-header|page-header|banner|header-bar"),
        ("sidebar", r"sidebar|widget|widgets|rail"),
        ("byline", r"byline|by-line|author|authors|author-name|writer|meta-author|entry-meta|post-meta|article-meta"),
        ("date", r"date|dateline|published|pubdate|timestamp|post-date|entry-date"),
        ("standfirst", r"standfirst|dek|deck|subtitle|sub-title|subheadline|lede|article-summary|strapline|teaser"),
    )
)
_ROLES = {
    "navigation": "navigation",
    "banner": "page header",
    "contentinfo": "page footer",
    "complementary": "sidebar",
    "search": "form",
    "dialog": "cookie notice",
    "alertdialog": "cookie notice",
    "menu": "navigation",
    "menubar": "navigation",
}
_TAGS = {"nav": "navigation", "form": "form", "button": "form", "dialog": "form", "select": "form", "label": "form"}
PART_OF_THE_ARTICLE = {"post", "byline", "date", "standfirst", "about the author", "reading time", ""}
MAIN_SHARE = 0.4
MOST = 0.6


class Furnishing:
    """Names what an element is. Nothing that holds a great part of the page's text, or its h1, is furniture."""

    def __init__(self, root: Any) -> None:
        self.total = _length(root) if root is not None else 0
        self.main = _find_main(root, self.total) if root is not None else None
        self.is_page = root is not None
        self.is_headed_outside = self.main is not None and self.main.find(".//h1") is None
        # Kept, for lxml makes its objects anew when nobody holds them, and then their ids mean nothing.
        self.around = [self.main, *self.main.iterancestors()] if self.main is not None else []
        self.inside = {id(element) for element in self.around}

    def name(self, element: Any, around: str) -> str:
        """What the element is, where its surroundings are `around`; empty for the article itself."""
        if around not in PART_OF_THE_ARTICLE or not self.is_page:
            return element.get("class") or around if element.get("class") == "standfirst" else around
        found = self._name(element)
        if found and found not in PART_OF_THE_ARTICLE and self._is_essential(element):
            return around
        if not found and self.main is not None and element.getparent() is not None:
            return around or self._outside(element)
        return found or around

    def _name(self, element: Any) -> str:
        tag = element.tag
        words = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.get("role") in _ROLES:
            return _ROLES[element.get("role")]
        if tag in _TAGS:
            return _TAGS[tag]
        if tag not in ("html", "body", "main", "article", "h1") and words.strip():
            found = next((why for why, pattern in _CLASSES if pattern.search(words[:500])), "")
            if found:
                return found
        return self._name_by_place(element)

    def _name_by_place(self, element: Any) -> str:
        is_quoted = any(a.tag == "blockquote" for a in element.iterancestors())
        if element.tag == "footer" and not is_quoted:
            return "page footer"
        if element.tag == "aside" and not is_quoted and element.find(".//blockquote") is None:
            return "sidebar"
        if element.tag == "header" and not any(a.tag in ("article", "main") for a in element.iterancestors()):
            return "page header"
        if element.tag == "time":
            return "date"
        return "byline" if element.get("rel") == "author" else ""

    def _is_essential(self, element: Any) -> bool:
        if id(element) in self.inside or element.find(".//h1") is not None:
            return True
        return self.main is None and element.tag != "nav" and _length(element) > MOST * self.total

    def _outside(self, element: Any) -> str:
        """Beside the article: its siblings and those of what it lies in, unless they hold the headline."""
        if id(element) in self.inside or id(element.getparent()) not in self.inside - {id(self.main)}:
            return ""
        if element.tag == "h1" or element.find(".//h1") is not None:
            return ""
        if self.is_headed_outside and any(id(later) in self.inside for later in element.itersiblings()):
            return ""
        return "outside the article"


def _length(element: Any) -> int:
    return sum(len(part.strip()) for part in element.itertext() if part) - sum(
        len(part.strip())
        for hidden in element.iter("script", "style", "noscript", "template")
        for part in hidden.itertext()
    )


def _find_main(root: Any, total: int) -> Any:
    """The largest <article>, or else <main>, where it holds a good part of the text."""
    for tags in (("article",), ("main",)):
        found = max(root.iter(*tags), key=_length, default=None)
        if found is not None and _length(found) > MAIN_SHARE * total:
            return found
    return None

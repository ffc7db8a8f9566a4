"""Which article a page of an export is: as somebody says, by its address here or a former one, or by its title."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aisrace.lib.text import clean_line
from articles.models import Article, Edition
from comments.importing.rows import Page, last_part
from experts.models import FormerAddress


class NoSuchPage(Exception):
    """What somebody said of a page does not fit; nothing was matched."""


@dataclass(frozen=True)
class Match:
    """`newest` is None for a page that is no article here, or none that is before readers; `why` says which."""

    newest: Edition | None
    why: str = ""


@dataclass
class Articles:
    """Every article before readers, by all that pages are known by. Lower case throughout."""

    newest: dict[int, Edition]
    by_slug: dict[str, int]
    by_title: Mapping[str, set[int]] = field(default_factory=dict)

    def find(self, page: Page, said: Mapping[str, str]) -> Match:
        """`said` has slugs by the keys of pages, see `key_of`."""
        for key in keys_of(page):
            if key in said:
                return self._open(self.by_slug[said[key]])
        for slug in (page.slug, last_part(page.link)):
            if found := self.by_slug.get(slug.lower()):
                return self._open(found)
        titled = self.by_title.get(key_of(page.title or page.slug), set())
        if len(titled) > 1:
            return Match(None, "several articles have its title")
        return self._open(*titled) if titled else Match(None, "no article here has its address or title")

    def _open(self, article: int) -> Match:
        newest = self.newest.get(article)
        if newest is None or newest.is_withdrawal:
            return Match(None, "the article is not before readers")
        return Match(newest)


def read_articles(now: datetime) -> Articles:
    """Three queries."""
    newest = {row.article_id: row for row in Edition.objects.newest(now).defer("content", "card")}
    former = FormerAddress.objects.filter(kind=Article._meta.label_lower).values_list("slug", "row_id")
    slugs = {slug.lower(): key for slug, key in former}
    titles: defaultdict[str, set[int]] = defaultdict(set)
    for key, slug, headline in Article.objects.values_list("pk", "slug", "headline"):
        slugs[slug.lower()] = key
        if headline:
            titles[key_of(headline)].add(key)
    for key, row in newest.items():
        slugs[row.slug.lower()] = key
        titles[key_of(row.headline)].add(key)
    return Articles(newest, slugs, titles)


def match_pages(pages: Iterable[Page], said: Mapping[str, str], articles: Articles) -> dict[Page, Match]:
    """`said` has the slug of an article by address, slug or title of a page. Raises `NoSuchPage`."""
    pages = list(pages)
    known = {key for page in pages for key in keys_of(page)}
    chosen = {key_of(address): slug.strip().lower() for address, slug in said.items()}
    for address, slug in said.items():
        if key_of(address) not in known:
            raise NoSuchPage(f"Nothing in the file stands under “{address}”.")
        if slug.strip().lower() not in articles.by_slug:
            raise NoSuchPage(f"There is no article “{slug}” here.")
    return {page: articles.find(page, chosen) for page in pages}


def keys_of(page: Page) -> set[str]:
    return {key_of(told) for told in (page.link, page.slug, page.title) if told}


def key_of(told: str) -> str:
    """Addresses are the same with and without https:// and the last slash."""
    key = clean_line(told).casefold()
    return key.removeprefix("https://").removeprefix("http://").rstrip("/")

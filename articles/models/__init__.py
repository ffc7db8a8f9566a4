"""The publication: what editors write, what surrounds it, and the editions readers read."""

import reversion

from aisrace.lib.watching import watch
from articles.models.drafting import Excerpt, Intake, Presence, PreviewLink
from articles.models.editions import Announcement, Edition
from articles.models.writing import Article, ArticleQuestion, Author, Byline, Section

__all__ = [
    "Announcement",
    "Article",
    "ArticleQuestion",
    "Author",
    "Byline",
    "Edition",
    "Excerpt",
    "Intake",
    "Presence",
    "PreviewLink",
    "Section",
]

# Every save in the desk keeps these as they were; an article together with its parts.
reversion.register(Article, follow=["sections", "articlequestion_set", "byline_set"], ignore_duplicates=True)
for part in (ArticleQuestion, Author, Byline, Section):
    reversion.register(part, ignore_duplicates=True)

# Told to those who keep something derived from what readers see; working copies are nobody's business.
watch(Edition)
watch(Author)

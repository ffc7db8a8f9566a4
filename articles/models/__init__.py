"""The publication: working copies that editors edit, and the editions that readers read."""

from articles.models.editions import Edition, LogEntry
from articles.models.writing import Article, ArticleQuestion, Author, Byline, Section

__all__ = ["Article", "ArticleQuestion", "Author", "Byline", "Edition", "LogEntry", "Section"]

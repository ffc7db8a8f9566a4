"""The publication in the desk: the working copy may be edited, what was published may be looked at."""

from articles.admin import articles, authors, editions, intakes

__all__ = ["articles", "authors", "editions", "intakes"]

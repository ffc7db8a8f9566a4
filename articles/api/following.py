"""What of the publication the journal follows; see aisrace/journal/kinds.py.

Comparisons and tallies are left to the collections: they are as the edition froze them, and large.
"""

from aisrace.journal.kinds import Kind
from articles.api.published import INCLUDE, Articles, Editions
from articles.api.topics import Topics
from articles.models import Edition
from experts.models import Topic

LARGE = frozenset(INCLUDE)
TOPICS = [Kind(Topics, Topic)]
KINDS = [
    Kind(Articles, Edition, apart=LARGE, identity="article_id", begins="live_at"),
    Kind(Editions, Edition, follows={Edition: ["article__editions"]}, apart=LARGE),
]

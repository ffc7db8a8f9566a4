"""The conversation: who speaks, what they say under an article, and what is decided about it."""

from comments.models.commenters import Ban, Commenter
from comments.models.comments import Comment, Revision, Vote
from comments.models.letters import Letter, Mailbox
from comments.models.moderation import Appeal, Decision, ReaderReport, ReportedError
from comments.models.rules import Conversation, ScreeningRule

__all__ = [
    "Appeal",
    "Ban",
    "Comment",
    "Commenter",
    "Conversation",
    "Decision",
    "Letter",
    "Mailbox",
    "ReaderReport",
    "ReportedError",
    "Revision",
    "ScreeningRule",
    "Vote",
]

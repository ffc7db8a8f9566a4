"""The conversation in the desk: what waits, and how it is run."""

from comments.admin import bans, comments, conversations, corrections, readers, rules

__all__ = ["bans", "comments", "conversations", "corrections", "readers", "rules"]

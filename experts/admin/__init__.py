"""The record in the desk."""

from experts.admin import imports, people, positions, questions

__all__ = ["imports", "people", "positions", "questions"]

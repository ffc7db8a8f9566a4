"""The record in the desk."""

from experts.admin import people, positions, questions

__all__ = ["people", "positions", "questions"]

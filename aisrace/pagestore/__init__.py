"""Public pages kept as they are sent, in front of Django; see docs/decisions/0020-a-bell-for-every-commit.md."""

"""Bringing in an article written elsewhere: from a document to a proposal with every character accounted for.

`documents.py` reads a file in a separate, limited process (`reader.py` and what it imports know nothing of Django), and
there `understanding.py` makes a proposal of the blocks it found. Neither touches a database; `drafting.py` does.
"""

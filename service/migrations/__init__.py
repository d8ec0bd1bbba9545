"""How the database came to its present shape: one revision per change, up and down.

Must not know: the rows (a revision names its own columns, so that it never changes).
"""

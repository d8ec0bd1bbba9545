"""The command `bassin`: scenarios and plans from a terminal, in French.

Importing this room must stay light (`bassin --help` answers at once): every verb imports what it
needs when it runs. Must not know: how plans are found, how tables are read.
"""

from service.cli.app import app, main

__all__ = ["app", "main"]

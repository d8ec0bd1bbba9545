"""Every query of the service, one room: rows in, rows out, inside a transaction of the caller.

    database    SQLite or PostgreSQL, one transaction at a time, migrations
    scenarios, runs, plans, proposals, accounts, journal   what is asked of each

Must not know: who may see what (`accounts.rights`), the web.
"""

from service.store.database import Database

__all__ = ["Database"]

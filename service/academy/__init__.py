"""The report of an académie: national indicators per pôle, equity between pôles, trades in tension.

    poles      the results of a batch, a pôle each
    national   what the académie says as a whole
    page       what to send: page, tables, pictures; small counts masked

Must not know: terminals, how plans are found.
"""

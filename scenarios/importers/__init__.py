"""The files people already have, made into tables of a scenario, row by row accounted for.

Each source is one module with one function that gives an `Import`: the records, and what became
of every row (taken, changed, refused, and why). `into.land` writes them into a scenario folder.
Must not know: the command line, the API, the pages.
"""

"""Runs: the engine in a child process, on Dask, with the database as the record.

    orders, messages   what a child is asked, what it says (lines of JSON, never pickles)
    engine             the child: reads a scenario, searches, hands over each better plan
    nursery, birth     where children are born with the engine loaded; how one is asked for
    child              its keeper: stops it, limits its memory, ends it with all it started
    task               a search for a worker, without any database
    cluster            Dask: a local cluster, or the scheduler that is set
    record, attempt    one attempt at a run on record, in a worker
    queue, dispatcher  which run goes next; what was lost is submitted again
    worker             a worker for the scheduler that is set

Must not know: the web, who may ask.
"""

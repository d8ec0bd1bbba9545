"""Runs: the engine in a child process, on Dask, with the database as the record.

    orders, messages   what a child is asked, what it says (lines of JSON, never pickles)
    engine             the child: reads a scenario, searches, hands over each better plan
    child              its keeper: stops it, limits its memory, ends it with all it started
    cluster            Dask: a local cluster, or the scheduler that is set
    task               one scenario solved in a worker, without any database
    attempt            one attempt at a run on record, in a worker
    dispatcher         which run goes next; what was lost is submitted again

Must not know: the web, who may ask.
"""

"""Many scenarios at once: what to run, on which machines, what is kept, what is told at the end.

    manifest   scenarios × price lists × seeds, from a folder or a manifest
    gather     each scenario read once: tasks to do, faulty scenarios set aside
    budget     the time of the whole shared between sizes
    running    the whole of it: time shared, cluster opened, tasks conducted
    conduct    tasks onto the cluster, results into the store, failures counted
    work       one task, on the machine that does it
    store      results under the digest of what was computed, whole or not at all
    summary    all results as one table (Parquet, CSV)
    report     the same as a page

Must not know: terminals.
"""

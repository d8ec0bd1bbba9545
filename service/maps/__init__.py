"""Other maps of the pôles: what they would change, for whom, and which one to try.

    wanted     the map asked for: mergers, splits, exchanges
    suggest    the neighbours that would gain most by pooling, by bounds alone
    evaluate   every map planned and judged against the map as it is, on the same seats
    page       what to show in a meeting

Must not know: terminals.
"""

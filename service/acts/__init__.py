"""What people do with the service, one function per act, called alike by the API and the pages.

Each asks `rights` first, queries within reach, and writes the journal in the transaction of its
change. Must not know: HTTP, pages.
"""

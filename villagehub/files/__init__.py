"""Files that strangers send: work on them happens in a process with limits, and of a picture only the picture stays.

Decisions: nothing here knows Flask or the database, so that the child process loads neither (decision 39); what a file holds
never raises in the caller: a child that dies, takes too long or too much memory is an answer like any other.
"""

"""``villagehub demo``: a fictional county whose ledgers take the real road, so that one can try everything in a minute.

Nothing here has a road of its own: clerks' workbooks are generated (``names``, ``villages``, ``entries``, ``registers``,
``batches`` say what happened, ``layouts`` and ``lists`` write it as clerks do), ``plan`` says who does what on which day,
and ``road`` does it with the same actions as the pages. Workbooks and plan are a pure function of (seed, today); salts,
passwords and codes are random. All names are invented and the place codes begin with 99, which no province has.
"""

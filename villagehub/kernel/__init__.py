"""Words that every room shares: money in fen, periods, refusals, problems, time, canonical bytes, codes.

Pure: no input or output, no Flask, no database. The only library is rfc8785 (canonical JSON).
"""

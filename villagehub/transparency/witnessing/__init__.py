"""A witness of other people's logs (C2SP tlog-witness): a small program with its own folder, key and SQLite file. It needs
neither a site's database nor its pages, and runs best on a machine that belongs to somebody else than the log.
"""

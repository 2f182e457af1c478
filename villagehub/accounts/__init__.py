"""Accounts: people, appointments (role × place × entity × term), sign-in, sessions, the permission table.

Decisions: rights hang on appointments with dates, never on a person; ``rules.TABLE`` is the only place that says who may do
what. Sign-in is argon2id with the same answer for unknown names, and backs off per account, address and device without
locking anybody out. Sessions are rows, so that they can be ended; the cookie holds a random token, the table its hash.
"""

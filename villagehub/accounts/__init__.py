"""Accounts: people, appointments (role × place × entity × term), sign-in, sessions, the permission table.

Decisions: rights hang on appointments with dates, never on a person; ``rules.TABLE`` is the only place that says who may do
what. Sign-in is argon2id with the same answer for unknown names, and backs off per account, address and device without
locking anybody out. Sessions are rows, so that they can be ended; the cookie holds a random token, the table its hash.
Every address of an office needs a sign-in before its view runs (``guard``), whatever the view forgets.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The guard, the top bar's words and the pages of sign-in."""
    from villagehub.accounts import (
        desk,
        election_views,
        guard,
        journal_views,
        password_views,
        people_views,
        roster_views,
        second_step_views,
    )
    from villagehub.accounts.views import bp

    guard.register(app)
    desk.register(app)
    app.register_blueprint(bp)
    app.register_blueprint(password_views.bp)
    app.register_blueprint(people_views.bp)
    app.register_blueprint(election_views.bp)
    app.register_blueprint(roster_views.bp)
    app.register_blueprint(second_step_views.bp)
    app.register_blueprint(journal_views.bp)

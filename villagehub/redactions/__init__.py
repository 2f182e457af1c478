"""Redaction by two people of different posts: what must not stay goes for good, and the log says that it went.

One person of the village and one of the township; the table of pairs stands in ``accounts.rules``. Emergency hide
(``disclosures.hiding``) takes a page off at once and can be undone; this cannot. Values and salts go from rows, faces, index,
records of uploads, questions and originals in one transaction with the leaf that says so; pages follow from the generation
that the same transaction raises.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The office pages, and their entry in the top bar."""
    from villagehub.accounts.desk import offer
    from villagehub.accounts.rules import Permission
    from villagehub.redactions.views import blueprint

    app.register_blueprint(blueprint)
    offer(app, "依法隐去", "redactions.overview", Permission.REDACT)

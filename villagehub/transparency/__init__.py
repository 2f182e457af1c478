"""Transparency: leaf bytes, the RFC 6962 tree, salts and commitments, and the public log of C2SP tlog-tiles. Knows bytes, not
villages.

Pure files, for whoever verifies too: ``tree``, ``proofs``, ``tiles``, ``reading``, ``notes``, ``checkpoints``,
``commitments``. A leaf gets its place in the transaction that publishes it (``log``); afterwards one writer brings the folder
up to the database and signs (``writing``, ``folder``). Nothing is ever signed that does not continue what was signed before.
"""

from flask import Flask

from villagehub.transparency import views


def register(app: Flask) -> None:
    """Hangs in what is served under ``/log/``."""
    app.register_blueprint(views.blueprint)

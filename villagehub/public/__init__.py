"""Public pages: what a villager sees. GET only but for one small form; no session, no private data within reach.

Decisions: pages are made from faces and totals of published versions, never from rows; they are built at publication and
answered as stored bytes before Flask is entered (decision 37); a page never lists more than 50 rows, and never a whole batch
of persons (decision 27). Until the public log exists, a page names its 防改码 and its reviewers and claims nothing more.
"""

from flask import Flask

from villagehub.disclosures.after import after_publish
from villagehub.public import build, look, stored, views


def _build() -> None:
    build.build_dirty()


def register(app: Flask) -> None:
    """Hangs in the pages, the building step after each publication, and the stored bytes before everything else."""
    look.register(app)
    app.register_blueprint(views.blueprint)
    after_publish(app, _build)
    stored.register(app)

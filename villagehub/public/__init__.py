"""Public pages: what a villager sees. GET only but for one small form; no session, no private data within reach.

Decisions: pages are made from faces and totals of published versions, never from rows (but for one household's line, to
whoever holds the 查询码 of its slip); they are built at publication and answered as stored bytes before Flask is entered
(decision 37); a page never lists more than 50 rows, and never a whole batch
of persons (decision 27). The trust line says what the last check found (decision 32), or that there was none.
"""

from flask import Flask

from villagehub.disclosures.after import after_publish
from villagehub.public import (
    ask_views,
    build,
    code_views,
    errand_views,
    look,
    paper_page,
    site,
    slip_views,
    stored,
    trust,
    views,
)


def _build() -> None:
    build.build_dirty()


def register(app: Flask) -> None:
    """Hangs in the pages, the building step after each publication, and the stored bytes before everything else."""
    look.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(site.blueprint)
    app.register_blueprint(paper_page.blueprint)
    app.register_blueprint(code_views.blueprint)
    app.register_blueprint(ask_views.blueprint)
    app.register_blueprint(errand_views.blueprint)
    app.register_blueprint(slip_views.blueprint)
    app.register_blueprint(trust.blueprint)
    app.jinja_env.globals["trust_of"] = trust.trust_of
    app.jinja_env.globals["redactions_of"] = trust.redactions_told
    app.jinja_env.globals["questions_about"] = ask_views.questions_about
    after_publish(app, _build)
    stored.register(app)

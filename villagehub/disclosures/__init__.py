"""Disclosures (公开事项): draft → submitted → reviewed → published → corrected. The heart of the product.

Decisions: the stage lives on the version and changes only in ``actions``, each time with its journal event; rows are
immutable and shared between versions, and hang on a thing that lives across periods; the public face of a row is written
once, at publication, with salts; what is published is never changed or deleted, but for the erasure door (decision 10).
``steps`` says what a person may do with a version and why not, ``office`` does it, for the pages and the command line alike.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The office pages, and their two entries in the top bar."""
    from villagehub.accounts.desk import offer
    from villagehub.accounts.rules import Permission
    from villagehub.disclosures import draft_views, hiding_views, package_views, review_views, views
    from villagehub.disclosures.proving import list_faults
    from villagehub.transparency.own_audit import also_audit

    for pages in (views, draft_views, review_views, package_views):
        app.register_blueprint(pages.blueprint)
    offer(app, "要办的事", "disclosures.desk", Permission.READ_STAFF)
    offer(app, "等您签字", "reviews.waiting", Permission.REVIEW)
    hiding_views.register(app)
    also_audit(app, list_faults)
    offer(app, "撤下", "hides.hides", Permission.HIDE)

"""Labels: codes on paper. Minting, QR symbols, the way from a code to its page, posters, sheets
and labels, and their proof-reading.

Decisions (print.md, 4, 38): a code is a permanent public identifier, because a poster hangs for ten years: it is never
deleted, reused or pointed elsewhere, and a retired one says what became of it. It names a village and words within it, never
a row. The symbol is kept as bits when it is minted, at level Q with four modules of white. No PDF is handed out before every
code on it has been read back from its picture, whole and damaged.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The way in by code, the office's posters, labels and 查询单, and a word in the log where codes would come out dense."""
    from villagehub.accounts.desk import offer
    from villagehub.accounts.rules import Permission
    from villagehub.labels.office_views import blueprint as office_pages
    from villagehub.labels.rules import dense_warning
    from villagehub.labels.slip_views import blueprint as slip_pages
    from villagehub.labels.tag_views import blueprint as tag_pages
    from villagehub.labels.views import blueprint as way_in
    from villagehub.web.logs import log

    app.register_blueprint(way_in)
    app.register_blueprint(office_pages)
    app.register_blueprint(tag_pages)
    app.register_blueprint(slip_pages)
    offer(app, "海报", "labels_office.poster_form", Permission.PRINT_POSTER)
    settings = app.extensions["villagehub"]
    warning = dense_warning(settings.base_url, case=settings.qr_case)
    if warning:
        log.warning("codes_are_dense", message=warning)

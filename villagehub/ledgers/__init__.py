"""A clerk's file becomes checked rows: receive → read → locate → map → check → accept (import.md).

Reading (``reading.read_workbook``) is pure: bytes in, a ``Checked`` value out, no database and no Flask, so that a child
process with limits can do it (decision 39). Nothing is guessed in silence: what is unclear becomes a question, what is
wrong a fault that names the clerk's own row and column.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """The pages of uploading, and their entry in the office's top bar. Imported late: reading needs no Flask."""
    from villagehub.accounts.desk import offer
    from villagehub.accounts.rules import Permission
    from villagehub.ledgers import (
        bundle_columns,
        bundle_views,
        fill_views,
        handing_down_views,
        mapping_views,
        not_drafts,
        original_views,
        record_views,
    )
    from villagehub.ledgers.views import blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(fill_views.blueprint)
    app.register_blueprint(mapping_views.blueprint)
    app.register_blueprint(record_views.blueprint)
    app.register_blueprint(bundle_views.blueprint)
    app.register_blueprint(bundle_columns.blueprint)
    app.register_blueprint(original_views.blueprint)
    app.register_blueprint(handing_down_views.blueprint)
    app.jinja_env.globals["desk_uploads"] = not_drafts.desk_uploads
    offer(app, "上传账表", "ledgers.upload_form", Permission.UPLOAD, below=("/desk/u", "/desk/bundles"))

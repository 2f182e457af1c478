"""Receipts (原始凭证): photographs and PDFs come in, are matched to rows, and are masked before anybody outside sees them.

Decisions: the original stays in the vault and has no address; what offices see is painted anew in a child process; what the
public sees is a third file with the boxes burnt in, made by a person's hand for every single picture; a row without a picture
says why (decision 24). What is sealed with a version stands in ``disclosures.receipts``.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The office pages."""
    from villagehub.receipts import views

    app.register_blueprint(views.blueprint)

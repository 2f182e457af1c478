"""Open data: what every page shows, for programs. JSON under /api/v1 with its OpenAPI 3.1 document, a feed and a bundle.

Decisions: this room stands above ``public`` and reads through it, so that no program sees more than a villager does, and no
later than one; answers are made when they are asked for and never stored; errors are problem+json (RFC 9457) in Chinese.
"""

from flask import Flask

from villagehub.api import files, resources
from villagehub.api.document import VillageApi


def register(app: Flask) -> None:
    """Hangs in the resources, the OpenAPI document, feeds and bundles."""
    api = VillageApi(app)
    api.register_blueprint(resources.blueprint)
    app.register_blueprint(files.blueprint)

"""Errands: what a villager has asked the village to do, from the day on which it was taken in to the day on which it ends.

Decisions (29, 30): only what the village itself does has a clock; once an errand is handed over (已转镇民政办，查询请打…) none
runs. The villager gets a slip with a QR that leads to the page with the box, and the 查询码, which is typed there: it stands in
no address, so in no log. Who the villager is, only those see who do errands in that village; it goes some time after the
end. Lines are only added, an errand's state is read off its last one. The room stands above labels, whose paper it prints.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The offices' pages, and their entry in the top bar."""
    from villagehub.accounts.desk import offer
    from villagehub.accounts.rules import Permission
    from villagehub.cases import views

    app.register_blueprint(views.blueprint)
    offer(app, "村民办事", "cases.listed", Permission.READ_STAFF)

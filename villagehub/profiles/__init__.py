"""A village's own facts: phones, hotline, office hours, where its office is, and who is in today (decision 26).

These are no disclosures: they are not reviewed, numbered or sealed, and the clerk or the village head changes them in a
minute. They stand at the foot of every public page of the village, so a change makes those pages out of date. A mobile number
stands there only after somebody has said that it is for work and that its holder agreed (decision 9).
"""

from flask import Flask


def register(app: Flask) -> None:
    """The page of the facts, its entry in the top bar, and ``profile_of`` for public templates."""
    from villagehub.accounts.desk import offer
    from villagehub.accounts.rules import Permission
    from villagehub.profiles import views

    app.register_blueprint(views.blueprint)
    app.jinja_env.globals["profile_of"] = views.profile_of
    offer(app, "电话值班", "profiles.form", Permission.EDIT_PROFILE)

"""Villagers ask about what was published, the village answers by a working day, the township reads and steps in.

Decisions: a question is shown together with its answer and only after somebody above the village has read it (decision 28);
nobody is named; an accusation of a person is never stored: the page says where to turn. Lines are only added, a question's
state is read off its last one. What nobody answers in time goes up by itself.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The offices' pages, and their entry in the top bar."""
    from villagehub.accounts.desk import offer
    from villagehub.accounts.rules import Permission
    from villagehub.disclosures.prompts import prompted_by
    from villagehub.questions import views, yearly

    app.register_blueprint(views.blueprint)
    app.jinja_env.globals["desk_questions"] = views.desk_questions
    app.jinja_env.globals["town_questions"] = views.town_questions
    app.jinja_env.globals["year_of_questions"] = views.year_of_questions
    prompted_by(app, yearly.question_prompts)
    offer(app, "提问", "questions.listed", Permission.READ_STAFF)

"""The township's desk and the county's: what is due where, later dates with a public reason, and audits of what was published.

Decisions: cells say 按时 or 晚N天 from the due-date rules, never a score (ux.md D11); what a township asks about an entry is
hidden from the public (decision 34); audits are records that are only added to, their state is read off the last one; whoever
drafted what is audited decides nothing about it. The room reads disclosures and never changes a version.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The pages, and their entries in the top bar."""
    from villagehub.accounts.desk import offer
    from villagehub.accounts.rules import Permission
    from villagehub.disclosures.prompts import prompted_by
    from villagehub.supervision import (
        audit_views,
        check_views,
        key_views,
        town_views,
        village_views,
        year,
        year_views,
    )

    for pages in (town_views, village_views, year_views, audit_views, check_views, key_views):
        app.register_blueprint(pages.blueprint)
    app.jinja_env.globals["publication_alarms"] = check_views.my_alarms
    app.jinja_env.globals["log_dispute"] = check_views.log_dispute
    app.jinja_env.globals["log_key_change"] = check_views.log_key_change
    app.jinja_env.globals["key_change_waiting"] = key_views.key_change_waiting
    app.jinja_env.globals["desk_audits"] = audit_views.desk_audits
    app.jinja_env.globals["draft_look"] = village_views.draft_look
    app.jinja_env.globals["year_of"] = year_views.year_of
    prompted_by(app, year.audit_prompts)
    offer(app, "全镇情况", "town.town", Permission.OVERSEE)
    offer(app, "审看", "audits.listed", Permission.READ_STAFF)
    offer(app, "全县情况", "town.county", Permission.OVERSEE_COUNTY)
    offer(app, "人员", "people.people", Permission.MANAGE_ACCOUNTS)
    offer(app, "办事记录", "journal_pages.journal", Permission.OVERSEE)

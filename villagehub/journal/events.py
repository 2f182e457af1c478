"""The closed list of what can stand in the journal."""

from enum import StrEnum


class Event(StrEnum):
    """What happened; the value is stored and never changes its meaning."""

    # accounts
    PERSON_ADDED = "person_added"
    PERSON_DISABLED = "person_disabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    APPOINTMENT_BEGUN = "appointment_begun"
    APPOINTMENT_ENDED = "appointment_ended"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"

    # places
    PLACES_TAKEN_OVER = "places_taken_over"

    # ledgers
    UPLOAD_RECEIVED = "upload_received"
    UPLOAD_ACCEPTED = "upload_accepted"
    UPLOAD_ABANDONED = "upload_abandoned"

    # disclosures
    VERSION_DRAFTED = "version_drafted"
    VERSION_FILLED = "version_filled"
    ROW_CORRECTED = "row_corrected"
    REASON_GIVEN = "reason_given"
    NIL_DECLARED = "nil_declared"
    VERSION_SUBMITTED = "version_submitted"
    VERSION_TAKEN_BACK = "version_taken_back"
    VERSION_ABANDONED = "version_abandoned"
    VERSION_REOPENED = "version_reopened"
    VOTE_CAST = "vote_cast"
    RECUSAL_DECLARED = "recusal_declared"
    VERSION_RETURNED = "version_returned"
    VERSION_REVIEWED = "version_reviewed"
    VERSION_PUBLISHED = "version_published"

    # labels
    POSTER_MADE = "poster_made"
    CODE_RETIRED = "code_retired"

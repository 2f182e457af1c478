"""The closed list of what can stand in the journal."""

from enum import StrEnum


class Event(StrEnum):
    """What happened; the value is stored and never changes its meaning."""

    # accounts
    PERSON_ADDED = "person_added"
    PERSON_DISABLED = "person_disabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_RESET = "second_factor_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    APPOINTMENT_BEGUN = "appointment_begun"
    APPOINTMENT_ENDED = "appointment_ended"
    ELECTION_BEGUN = "election_begun"
    ELECTION_ENDED = "election_ended"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"

    # places
    PLACES_TAKEN_OVER = "places_taken_over"

    # ledgers
    UPLOAD_RECEIVED = "upload_received"
    UPLOAD_MENDED = "upload_mended"
    UPLOAD_CONTINUED = "upload_continued"
    UPLOAD_ACCEPTED = "upload_accepted"
    UPLOAD_ABANDONED = "upload_abandoned"
    LAYOUT_KEPT = "layout_kept"
    LAYOUT_FORGOTTEN = "layout_forgotten"
    UPLOAD_UNDONE = "upload_undone"

    # profiles
    PROFILE_CHANGED = "profile_changed"

    # disclosures
    VERSION_DRAFTED = "version_drafted"
    VERSION_FILLED = "version_filled"
    FILLING_UNDONE = "filling_undone"
    ROW_CORRECTED = "row_corrected"
    REASON_GIVEN = "reason_given"
    RECEIPTS_ADDED = "receipts_added"
    RECEIPT_MATCHED = "receipt_matched"
    RECEIPT_MASKED = "receipt_masked"
    RECEIPT_REMOVED = "receipt_removed"
    VOUCHERS_STATED = "vouchers_stated"
    RECEIPTS_CHOSEN = "receipts_chosen"
    NIL_DECLARED = "nil_declared"
    VERSION_SUBMITTED = "version_submitted"
    VERSION_TAKEN_BACK = "version_taken_back"
    VERSION_ABANDONED = "version_abandoned"
    VERSION_REOPENED = "version_reopened"
    VOTE_CAST = "vote_cast"
    SHEET_ENTERED = "sheet_entered"
    RECUSAL_DECLARED = "recusal_declared"
    VERSION_RETURNED = "version_returned"
    VERSION_REVIEWED = "version_reviewed"
    VERSION_PUBLISHED = "version_published"
    PAGE_HIDDEN = "page_hidden"
    HIDE_CONFIRMED = "hide_confirmed"
    HIDE_KEPT = "hide_kept"
    HIDE_LIFTED = "hide_lifted"
    HIDE_LAPSED = "hide_lapsed"
    REDACTION_PROPOSED = "redaction_proposed"
    REDACTION_WITHDRAWN = "redaction_withdrawn"
    REDACTION_LAPSED = "redaction_lapsed"
    REDACTED = "redacted"
    REVIEW_OVERDUE = "review_overdue"
    NAMES_EXPIRED = "names_expired"
    NAMES_FORGOTTEN = "names_forgotten"
    PROOF_BROKEN = "proof_broken"
    MISMATCH_CONFIRMED = "mismatch_confirmed"
    MISMATCH_CLEARED = "mismatch_cleared"

    # labels
    POSTER_MADE = "poster_made"
    SHEET_MADE = "sheet_made"
    LABEL_MADE = "label_made"
    SLIPS_MADE = "slips_made"
    CODE_RETIRED = "code_retired"

    # supervision
    WAIVER_GRANTED = "waiver_granted"
    AUDIT_MOVED = "audit_moved"
    AUDIT_OVERDUE = "audit_overdue"

    # questions
    QUESTION_MOVED = "question_moved"

    # cases
    ERRAND_MOVED = "errand_moved"
    ERRAND_LATE = "errand_late"
    SLIP_MADE = "slip_made"

    # storage
    ORIGINAL_BROKEN = "original_broken"

    # the log
    LOG_CAUGHT_UP = "log_caught_up"
    LOG_STOPPED = "log_stopped"
    LOG_MENDED = "log_mended"
    KEY_CHANGE_PROPOSED = "key_change_proposed"
    KEY_CHANGE_CONFIRMED = "key_change_confirmed"
    KEY_CHANGE_REFUSED = "key_change_refused"
    KEY_CHANGED = "key_changed"
    WITNESS_AGAINST = "witness_against"

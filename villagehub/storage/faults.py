"""What a database says when it refuses, without what it says of the row: a fault's text goes into the log."""


def first_sentence(fault: BaseException | None) -> str:
    """PostgreSQL's first sentence; its DETAIL and CONTEXT repeat the failing row. Empty for what is not PostgreSQL's."""
    return getattr(getattr(fault, "diag", None), "message_primary", None) or ""


def keep_first_sentence(fault: BaseException) -> None:
    """Takes DETAIL and CONTEXT out of the fault's own text."""
    first = first_sentence(fault)
    if first:
        fault.args = (first,)

"""Words as segments of an address. Pure."""

from urllib.parse import quote


def segment_of(subject: str) -> str:
    """A subject as it stands in an address: what would end the segment, be read as a file's ending or be taken for a
    step upwards is written full-width. Two subjects that differ in nothing else share their address.
    """
    return subject.translate(str.maketrans("/\\.", "／＼．"))


def page_path(code: str, entity: str, group_no: str, section: str, period: str = "", subject: str = "") -> str:
    """The address of a section's page in a village, or of one of its periods (decision 38)."""
    whose = {"collective": "jt/", "group": f"z{group_no}/"}.get(entity, "")
    parts = [f"/v/{code}/{whose}{section}"]
    if period:
        parts += [period, *([quote(segment_of(subject), safe="")] if subject else [])]
    return "/".join(parts)

"""What no page has a use for is refused at the door: numbers that no row can have, and characters that no database takes."""

from flask import Flask, request
from werkzeug.routing import IntegerConverter, ValidationError

from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import Refused


class OddCharacter(Refused):
    """The address or a field holds a NUL, which PostgreSQL refuses and nobody can type."""

    code = "odd_character"
    message = "填的内容或网址里有看不见的坏字符，没有办成。"
    fix = "请退回上一页，把从别处粘贴来的字重新打一遍。"
    status = 400


class RowNumber(IntegerConverter):
    """``<int:…>`` in addresses: a number that can be a row's; anything larger is an address that does not exist."""

    def to_python(self, value: str) -> int:
        """Raises ValidationError, which Flask answers with 404."""
        try:
            return read_id(value)
        except ValueError:
            raise ValidationError() from None


def refuse_odd_characters() -> None:
    """Raises OddCharacter for a NUL in the path, in the query or in a form field (names of files are cleaned elsewhere)."""
    texts = [request.path]
    for fields in (request.args, request.form):
        for name, value in fields.items(multi=True):
            texts += (name, value)
    if any("\0" in text for text in texts):
        raise OddCharacter()


def register(app: Flask) -> None:
    """Before any view, and before its addresses are added."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(refuse_odd_characters)

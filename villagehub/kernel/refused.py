"""The one family of exceptions with which a rule says no."""

from typing import Any, ClassVar


class Refused(Exception):
    """A rule said no. ``code`` is stable, ``message`` the Chinese sentence, ``fix`` the next step.

    Only ``web/errors.py`` turns ``status`` into an HTTP answer; the command line exits with 4.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = "这一步不能做。"
    fix: ClassVar[str] = ""
    status: ClassVar[int] = 409

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """What happened and where, in Chinese."""
        return self.message.format(**self.facts)

    @property
    def next_step(self) -> str:
        """What the reader can do now, in Chinese; may be empty when the sentence says it already."""
        return self.fix.format(**self.facts)


class NotFound(Refused):
    """The thing is not there, or not within this person's places (the two look alike on purpose)."""

    code = "not_found"
    message = "没有找到这一页。"
    fix = "可能是网址抄错了，或者内容已经换了地方。请从村首页再点一次。"
    status = 404


class NotAllowed(Refused):
    """This person holds no appointment that permits the action."""

    code = "not_allowed"
    message = "您的身份不能做这一步：{action}。"
    fix = "需要的话，请找镇里的管理员核对您的任职。"
    status = 403


class BadRequest(Refused):
    """What was sent cannot be understood."""

    code = "bad_request"
    message = "{what}"
    fix = "{how}"
    status = 400

"""Questions that quote what was redacted: the words go from what was asked and answered, the rest stays."""

from collections.abc import Collection

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from villagehub.kernel.words_out import without_words
from villagehub.questions.models import Question, QuestionEvent


def forget_words(
    session: Session,
    village_id: int,
    *,
    thing_ids: Collection[int],
    version_ids: Collection[int],
    words: Collection[str],
    instead: str,
) -> int:
    """In questions about these things or publications; returns how many lines were changed."""
    about = or_(Question.thing_id.in_(thing_ids), Question.version_id.in_(version_ids))
    wanted = select(QuestionEvent.id, QuestionEvent.text).join(Question, Question.id == QuestionEvent.question_id)
    changed = 0
    for event_id, text in session.execute(wanted.where(Question.village_id == village_id, about)).all():
        left = without_words(text, words, instead)
        if left != text:
            session.execute(update(QuestionEvent).where(QuestionEvent.id == event_id).values(text=left))
            changed += 1
    return changed

"""Questions that quote what was redacted: the words go from what was asked and answered, the rest stays."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from villagehub.kernel.words_out import without_words
from villagehub.questions.models import Question, QuestionEvent


def forget_words(session: Session, village_id: int, *, words: Collection[str], instead: str) -> int:
    """In all questions of the village, whatever they are about: a question on no row may name somebody all the same. Returns
    how many lines were changed.
    """
    wanted = select(QuestionEvent.id, QuestionEvent.text).join(Question, Question.id == QuestionEvent.question_id)
    changed = 0
    for event_id, text in session.execute(wanted.where(Question.village_id == village_id)).all():
        left = without_words(text, words, instead)
        if left != text:
            session.execute(update(QuestionEvent).where(QuestionEvent.id == event_id).values(text=left))
            changed += 1
    return changed

"""What a signer does when asked later: answer a question of staff, re-affirm an amended text."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from signon import mailing, signing
from signon.models import LedgerEntry, Message, Note, SignOn

State, Act = SignOn.State, LedgerEntry.Act


@transaction.atomic
def answer(sign_on: SignOn, *, words: str) -> bool:
    """Answer the question that staff asked; it returns to them as a note. False where none is open any more."""
    locked = SignOn.objects.select_for_update(of=["self"], no_key=True).get(pk=sign_on.pk)
    question = locked.open_question
    if question is None or locked.state != State.CONFIRMED:
        return False
    question.answer, question.answered_at = words, timezone.now()
    question.save(update_fields=["answer", "answered_at"])
    Note.objects.create(sign_on=sign_on, words=words)
    mailing.cancel(sign_on.messages.filter(kind=Message.Kind.QUESTION))
    why = LedgerEntry.salted(sign_on, words)
    LedgerEntry.objects.append(sign_on, Act.ANSWERED, question=question.pk, why=why)
    return True


@transaction.atomic
def reaffirm(sign_on: SignOn, *, digest: str) -> bool:
    """Sign the statement's newest text too; `digest` is of the text that was shown.

    False where that is not the newest any more, or was signed already. Raises signing.TextChanged if an editor
    changed it at this moment.
    """
    text = sign_on.statement.text(sign_on.language)
    if text is None or text.digest != digest or text.pk == sign_on.text_id:
        return False
    signing.freeze(text)
    standing = SignOn.objects.filter(pk=sign_on.pk, state__in=[State.CONFIRMED, State.ACCEPTED])
    if not standing.filter(text=sign_on.text_id).update(text=text):
        return False
    before, sign_on.text = sign_on.text, text
    LedgerEntry.objects.append(sign_on, Act.REAFFIRMED, text=text.digest, before=before.digest)
    mailing.cancel(sign_on.messages.filter(kind=Message.Kind.REAFFIRM))
    return True

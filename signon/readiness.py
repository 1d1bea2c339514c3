"""What a statement needs before it may open, and what of it is missing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.models import Look

Subject = Look.Subject


@dataclass(frozen=True)
class Check:
    """One thing that must be there; `code` names the page that mends it."""

    code: str
    is_done: bool
    words: str
    why: str


def checks(statement: Statement) -> list[Check]:
    """Everything that must be there before it opens, done or not, in the order in which one does it."""
    text, now = statement.text(), timezone.now()
    seen = looked_at(statement)
    return [
        Check(
            "text",
            bool(text and text.is_original and text.title.strip() and text.body.strip()),
            _("The text in its original language"),
            _("A title and a text, as those who sign will read them."),
        ),
        Check("addressee", bool(statement.addressee.strip()), _("The addressee"), _("To whom the statement speaks.")),
        Check(
            "deadline",
            statement.closes_at is not None and statement.closes_at > now,
            _("The deadline, in a time zone"),
            _("A moment that lies ahead. Signers read it in the time zone that you choose."),
        ),
        Check(
            Subject.CONSENT,
            languages(statement) <= seen[Subject.CONSENT],
            _("What signers agree to"),
            _("Read the sentences beside the boxes, in each language of the statement."),
        ),
        Check(
            Subject.MAILS,
            languages(statement) <= seen[Subject.MAILS],
            _("The mails that signers get"),
            _("Look at each once, in each language of the statement."),
        ),
        Check(
            Subject.TEST,
            bool(seen[Subject.TEST]),
            _("A test sign-on"),
            _("Fill in the form, open the mail and confirm, as a signer will. It is not counted, and goes away."),
        ),
    ]


def missing(statement: Statement) -> list[Check]:
    """What must be done before it opens."""
    return [check for check in checks(statement) if not check.is_done]


def languages(statement: Statement) -> set[str]:
    """The languages of its newest texts in which the site speaks to signers; English where there is none."""
    texts = statement.revision.current_texts if statement.revision else []
    return {text.language for text in texts} & set(dict(settings.LANGUAGES)) or {settings.LANGUAGE_CODE}


def looked_at(statement: Statement) -> dict[str, set[str]]:
    """In which languages staff have looked at what; by one query."""
    seen: dict[str, set[str]] = {subject: set() for subject in Subject.values}
    for look in Look.objects.filter(statement=statement):
        seen[look.subject] |= set(look.languages)
    return seen

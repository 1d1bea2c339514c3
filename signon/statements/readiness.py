"""What a statement needs before it may open, and what of it is missing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.models import Look
from signon.statements import lacking, showing

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
    needed, looks = languages(statement), _looks(statement)
    seen = {subject: _seen(statement, subject, looks) for subject in Subject.values}
    done = {
        "text": bool(text and text.is_original and text.title.strip() and text.body.strip()),
        "addressee": bool(statement.addressee.strip()),
        "deadline": statement.closes_at is not None and statement.closes_at > now,
        Subject.CONSENT: needed <= seen[Subject.CONSENT],
        Subject.MAILS: needed <= seen[Subject.MAILS],
        Subject.TEST: bool(seen[Subject.TEST]),
    }
    outdated = {look.subject for look in looks}
    return [
        Check(code, done[code], str(words), _changed(code) if not done[code] and code in outdated else str(why))
        for code, (words, why) in lacking.WORDS.items()
    ]


def missing(statement: Statement) -> list[Check]:
    """What must be done before it opens."""
    return [check for check in checks(statement) if not check.is_done]


def advice(statement: Statement) -> list[str]:
    """What would be good to have before it opens, and does not keep it from opening, in the active language."""
    there = {text.language for text in statement.revision.current_texts} if statement.revision else set()
    original = {statement.revision.original_language} if statement.revision else set()
    wanted = [code for code in statement.languages if code not in there | original]
    return [_("%(language)s: the text is missing.") % {"language": _name(code)} for code in wanted]


def languages(statement: Statement) -> set[str]:
    """The languages of its newest texts in which the site speaks to signers; English where there is none."""
    texts = statement.revision.current_texts if statement.revision else []
    return {text.language for text in texts} & set(dict(settings.LANGUAGES)) or {settings.LANGUAGE_CODE}


def _looks(statement: Statement) -> list[Look]:
    return list(Look.objects.filter(statement=statement))


def _seen(statement: Statement, subject: str, looks: list[Look]) -> set[str]:
    shown: dict[str, str] = {}
    seen = set()
    for look in looks:
        if look.subject != subject:
            continue
        for code, digest in look.digests.items():
            if code not in shown:
                shown[code] = showing.digest(statement, subject, code)
            if shown[code] == digest:
                seen.add(code)
    return seen


def _changed(code: str) -> str:
    if code == Subject.TEST:
        return _("The text, or what signers agree to, was changed since the last test: make another.")
    return _("It was looked at, and has changed since, or a language was added: look at it again.")


def _name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code

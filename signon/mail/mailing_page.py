"""What staff see of one mailing: to how many it goes, in which languages, whom it leaves out and why. Only reads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language, ngettext

from signon.geography import countries
from signon.mail import mailings
from signon.models import Mailing, SignOn, Suppression


def shown(mailing: Mailing) -> dict[str, Any]:
    """All that its page is given: a draft's exact numbers; once it was started, how far it has come."""
    is_draft = mailing.state == Mailing.State.DRAFT
    recipients = mailings.count(mailing) if is_draft else mailing.recipients
    return {
        "mailing": mailing,
        "is_draft": is_draft,
        "recipients": recipients,
        "left_out": _left_out(mailing) if is_draft and not recipients else [],
        "asked": _asked(mailing) if is_draft and recipients else "",
        "by_language": _by_language(mailing) if is_draft else [],
        "has_words": mailings.has_words(mailing),
        "progress": None if is_draft else mailings.progress(mailing),
        "states": [SignOn.State(state).label for state in mailing.sign_on_states],
        "places": [countries.name(code, get_language() or "en") for code in mailing.countries],
    }


def _left_out(mailing: Mailing) -> list[str]:
    """Why it reaches nobody, a sentence for each reason."""
    return [_why_left_out(reason, number) % number for reason, number in mailings.left_out(mailing)]


def _asked(mailing: Mailing) -> str:
    """How many a draft leaves out for they were asked already, in words."""
    number = mailings.asked_already(mailing)
    return _why_left_out("asked", number) % number if number else ""


def _why_left_out(reason: str, number: int) -> str:
    if reason == "chosen":
        return ngettext("%d sign-on is as you chose.", "%d sign-ons are as you chose.", number)
    if reason == "no_address":
        return ngettext("%d came without an e-mail address.", "%d came without an e-mail address.", number)
    if reason == "asked":
        return ngettext("%d was asked already.", "%d were asked already.", number)
    if reason == "no_consent":
        return ngettext("%d did not ask for updates.", "%d did not ask for updates.", number)
    if reason == Suppression.Reason.BOUNCED:
        return ngettext("Mail to %d of them bounced.", "Mail to %d of them bounced.", number)
    if reason == Suppression.Reason.COMPLAINED:
        return ngettext("%d reported our mail as spam.", "%d reported our mail as spam.", number)
    if reason == Suppression.Reason.UNSUBSCRIBED:
        return ngettext("%d has unsubscribed.", "%d have unsubscribed.", number)
    return ngettext("%d was barred by staff.", "%d were barred by staff.", number)


def _by_language(mailing: Mailing) -> list[tuple[str, int, bool]]:
    """Readers in each language, and whether there are words in it."""
    written = {text.language for text in mailing.texts.all()}
    names = dict(settings.LANGUAGES)
    numbers = mailings.by_language(mailing).items()
    return [(str(names.get(code, code)), number, code in written) for code, number in sorted(numbers)]

"""What a signer agrees to: the sentences beside the boxes of the form, said in one place."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

AUTHORIZED = _("I may sign for this organization.")
PUBLISH = _("The name may stand in the public list of signatories.")
WITHOUT_PUBLISH = _("Without this the sign-on is counted, but not listed.")
UPDATES = _("Send me news about this statement.")
# Each with what stands below it, "" where nothing does.
SENTENCES: list[tuple[Promise | str, Promise | str]] = [(AUTHORIZED, ""), (PUBLISH, WITHOUT_PUBLISH), (UPDATES, "")]
# Beside the button with which somebody signs from an account.
LISTED_BY_SEAT = _("is listed by this name, in public")
SIGNS_BY_SEAT = _("signs for it, and says that they may; never listed unless the letter names representatives")
MAILED_BY_SEAT = _("is mailed what was signed, with the way to take it back")
BY_SEAT: list[tuple[Promise | str, Promise | str]] = [
    (LISTED_BY_SEAT, ""), (SIGNS_BY_SEAT, ""), (MAILED_BY_SEAT, ""), (UPDATES, ""),
]  # fmt: skip
# Beside the button with which somebody becomes the representative.
REPRESENTS = _("I may represent the organization.")
UPDATES_TO_REPRESENTATIVE = _("Send me updates on this statement")
TO_REPRESENT: list[tuple[Promise | str, Promise | str]] = [(REPRESENTS, ""), (UPDATES_TO_REPRESENTATIVE, "")]
# What an organization's owners answer of its page.
DIRECTORY = _("May we show your organization in our directory?")
IN_DIRECTORY = _("Yes: with its page, and what you write below")
NOT_IN_DIRECTORY = _("No: it stands on the lists that it signed, and nowhere else")
OF_PROFILE: list[tuple[Promise | str, Promise | str]] = [
    (DIRECTORY, ""), (IN_DIRECTORY, ""), (NOT_IN_DIRECTORY, ""),
]  # fmt: skip
# What becomes of what somebody writes who registers for an event.
REGISTRATION = _(
    "What you write here is for this event alone: to keep a place for you, and to write to you about it. Only the "
    "people who organize it see it."
)


def erased_after(days: int) -> str:
    """Until when that is kept, in the active language."""
    told = ngettext("It is erased %(days)s day after the event.", "It is erased %(days)s days after the event.", days)
    return told % {"days": days}

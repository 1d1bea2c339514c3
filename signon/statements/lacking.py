"""What must be there before a statement opens: its name in words, why, and the page where it is mended."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement

# Each code of a readiness.Check: what it is, and why it must be there. In the order in which one does it.
WORDS = {
    "text": (_("The text in its original language"), _("A title and a text, as those who sign will read them.")),
    "addressee": (_("The addressee"), _("To whom the statement speaks.")),
    "deadline": (
        _("The deadline, in a time zone"),
        _("A moment that lies ahead. Signers read it in the time zone that you choose."),
    ),
    "consent": (
        _("What signers agree to"),
        _("Read the sentences beside the boxes, in each language of the statement."),
    ),
    "mails": (_("The mails that signers get"), _("Look at each once, in each language of the statement.")),
    "test": (
        _("A test sign-on"),
        _("Fill in the form, open the mail and confirm, as a signer will. It is not counted, and goes away."),
    ),
}


def mending_url(statement: Statement, code: str) -> str:
    """The page of the desk where what is missing is mended, without the site's address."""
    if code == "text":
        return reverse("desk-text", args=[statement.slug])
    if code in ("consent", "mails"):
        return reverse("desk-look", args=[statement.slug, code])
    return reverse("desk-try" if code == "test" else "desk-particulars", args=[statement.slug])


def on_the_desk(statement: Statement, code: str) -> str:
    """The same page as a mail names it, with SITE_URL."""
    return settings.SITE_URL + mending_url(statement, code)

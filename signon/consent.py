"""What a signer agrees to: the sentences beside the boxes of the form, said in one place."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AUTHORIZED = _("I may sign for this organization.")
PUBLISH = _("The name may stand in the public list of signatories.")
WITHOUT_PUBLISH = _("Without this the sign-on is counted, but not listed.")
UPDATES = _("Send me news about this statement.")
# Each with what stands below it, "" where nothing does.
SENTENCES: list[tuple[Promise | str, Promise | str]] = [(AUTHORIZED, ""), (PUBLISH, WITHOUT_PUBLISH), (UPDATES, "")]

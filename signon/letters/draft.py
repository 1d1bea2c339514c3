"""A draft's letter, to be looked at before it is one: made-up names, “Draft” across every page, no digest.

It is printed by a process of its own that ends: what sets the type takes 40 MB that no web process should hold.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.models import RevisionText, Statement
from signon.geography import countries
from signon.letters import letter as letters
from signon.letters import roll
from signon.letters.letter import Letter
from signon.letters.manifest import Entry
from signon.models import LetterPack

SECONDS = 60
_NAMES = (("Mujeres Migrantes", "MX"), ("Asia Pacific Bridge", "TH"), ("Réseau des Droits", "SN"))


def write(statement: Statement, text: RevisionText) -> Letter:
    """The letter as it would be, with three names that nobody has."""
    language = text.language
    with translation.override(letters.words_language(language)):
        entries = [
            Entry(_("%(name)s (made up)") % {"name": name}, "organization", "ngo", code,
                  countries.name(code, language), "", False, number)
            for number, (name, code) in enumerate(_NAMES, 1)
        ]  # fmt: skip
        counts = {"organizations": 3, "countries": 3, "individuals": 0, "not_listed": 0, "later": 0, "accepted": {}}
        pack = LetterPack(
            statement=statement, text=text, number=0, as_of=timezone.now(), digest="0" * 64, counts=counts
        )
        made = letters.write(pack, roll.grouped(entries, LetterPack.Grouping.COUNTRY, language), None)
        words = made.words | {"draft": _("Draft"), "seal_digest": ""}
        return replace(made, words=words, url=settings.SITE_URL, title=f"{_('Draft')}: {made.title}")


def pdf_of(written: Letter) -> bytes:
    """The draft as PDF. Raises subprocess.SubprocessError where it cannot be printed, or not within a minute."""
    printed = subprocess.run(  # noqa: S603  # our own command, and no words of anybody's in it
        [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "print_draft"],
        input=pickle.dumps(written),
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    return printed.stdout

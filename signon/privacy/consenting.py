"""Which words somebody agreed to: each version is kept once, and a consent points to the one that was shown."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import translation

from signon.models import ConsentText
from signon.privacy import consent

Form = ConsentText.Form

# Versions that are written down, by form, language and numbers: nothing takes them away again, a process has few, and
# while it runs its catalogs say the same.
_kept: dict[tuple[object, ...], ConsentText] = {}


def shown(form: str, language: str, **facts: object) -> ConsentText:
    """The version of a form's words as it shows them in a language at this moment; written down if it is new.

    `facts` are the numbers in them.
    """
    kept = (form, language, *facts.items())
    if kept in _kept:
        return _kept[kept]
    with translation.override(language):
        words = "\n".join(_sentences(form, facts))
    digest = ConsentText.digest_of(language, words)
    wanted = {"form": form, "language": language, "digest": digest}
    found = ConsentText.objects.filter(**wanted).first()
    if found is None:
        ConsentText.objects.bulk_create([ConsentText(**wanted, words=words)], ignore_conflicts=True)
        found = ConsentText.objects.get(**wanted)
    if settings.KEEP_PAGES:
        transaction.on_commit(lambda: _kept.update({kept: found}))
    return found


def is_to_be_listed(text: ConsentText | None) -> bool:
    """Whether these are words of a form on which an organization agrees to be listed."""
    return text is not None and text.form in (Form.SIGN_ON, Form.SEAT)


def _sentences(form: str, facts: dict[str, object]) -> Iterable[str]:
    if form == Form.REGISTRATION:
        return [str(consent.REGISTRATION), consent.erased_after(int(str(facts["days"])))]
    told = {
        Form.SEAT.value: consent.BY_SEAT,
        Form.REPRESENT.value: consent.TO_REPRESENT,
        Form.PROFILE.value: consent.OF_PROFILE,
    }.get(form, consent.SENTENCES)
    return [" ".join(filter(None, map(str, pair))) for pair in told]

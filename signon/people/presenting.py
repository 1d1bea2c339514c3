"""What an organization's owners say of it: at once, in public, and in the ledger of what it signed (decision 77)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from campaigns import photos
from signon.mail import sources
from signon.models import ConsentText, LedgerEntry, Organization, Profile, ProfileName, Seat, SignOn
from signon.naming import names as naming
from signon.people import seats
from signon.privacy import consenting


@dataclass(frozen=True)
class Said:
    """A profile as it is typed; `names` are (name, kind, language), and no `logo` leaves the one there is."""

    in_directory: bool
    website: str = ""
    languages: list[str] = field(default_factory=list)
    names: list[tuple[str, str, str]] = field(default_factory=list)
    logo: BinaryIO | None = None
    removes_logo: bool = False


def profile_of(organization: Organization) -> Profile:
    """What it says of itself; an empty one, not saved, where nobody said anything."""
    return Profile.objects.filter(organization=organization).first() or Profile(organization=organization)


@transaction.atomic
def change(seat: Seat, said: Said) -> set[str]:
    """Write what an owner says in place of what stood; returns what changed. Raises seats.NotAllowed, NotAPicture.

    Its chain of acts is that of each sign-on by which it stands. The files of a logo that is replaced go.
    """
    if not seat.is_owner or seat.user is None:
        raise seats.NotAllowed
    organization = Organization.objects.select_for_update(no_key=True).get(pk=seats.current(seat).pk)
    profile, _made = Profile.objects.get_or_create(organization=organization)
    changed = {
        name
        for name, value in (("website", said.website), ("languages", said.languages))
        if getattr(profile, name) != value
    }
    if profile.in_directory != said.in_directory:
        changed.add("in_directory")
        profile.in_directory, profile.said_at = said.in_directory, timezone.now()
        profile.consent_text = consenting.shown(ConsentText.Form.PROFILE, get_language() or settings.LANGUAGE_CODE)
    if (said.logo or said.removes_logo) and _put_logo(profile, said.logo):
        changed.add("logo")
    if _put_names(profile, said.names):
        changed.add("names")
    if not changed:
        return changed
    # Held before anything is written in the owner's name: an erasure of the owner holds them, and then the name.
    held = list(sources.hold(SignOn.objects.filter(organization=organization, state=SignOn.State.ACCEPTED)))
    profile.website, profile.languages, profile.changed_by = said.website, said.languages, seat.user
    profile.save()
    LedgerEntry.objects.append_to(held, LedgerEntry.Act.PROFILE_CHANGED, by=seat.user, changed=sorted(changed))
    return changed


def logo_of(profile: Profile) -> photos.Picture | None:
    """Its logo's files."""
    return photos.Picture(**profile.logo) if profile.logo else None


def _put_logo(profile: Profile, file: BinaryIO | None) -> bool:
    before = logo_of(profile)
    if file is None and before is None:
        return False
    made: dict[str, Any] = asdict(photos.keep_logo(file)) if file else {}
    if before:
        photos.remove_files(before)
    profile.logo = made
    return True


def _put_names(profile: Profile, names: list[tuple[str, str, str]]) -> bool:
    wanted = list(dict.fromkeys(names))
    if wanted == [(each.name, each.kind, each.language) for each in profile.names.all()]:
        return False
    profile.names.all().delete()
    for name, kind, language in wanted:
        ProfileName.objects.create(
            profile=profile, name=name, kind=kind, language=language, search_key=naming.search_key(name)
        )
    return True

"""Organizations as strangers see them: those that stand by name on a public statement, and what they agreed to show.

Everything shown comes from those sign-ons, never from one that waits, was declined, or keeps the name back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from campaigns import languages, photos
from campaigns.models import Statement
from campaigns.statement_cards import Card, card, with_texts
from signon.finding.directory import as_listed, organization_of, path_of, stands
from signon.models import Merge, Organization, SignOn
from signon.models import Profile as OwnProfile


@dataclass(frozen=True)
class Signed:
    """A statement that it signed."""

    card: Card
    sign_on: SignOn

    @property
    def is_from_a_list(self) -> bool:
        return self.sign_on.source == SignOn.Source.IMPORT

    @property
    def is_from_the_form(self) -> bool:
        """Whether its own moment is when it was signed."""
        return self.sign_on.source == SignOn.Source.FORM


@dataclass(frozen=True)
class OwnName:
    """Another name that its own people give it; `language` is a name, "" of a former one."""

    name: str
    language: str
    code: str


@dataclass(frozen=True)
class Profile:
    """What there is to say of one organization: by its sign-ons, and by its own people where they agreed to it."""

    name: str
    path: str
    country: str
    place: str
    type: str
    website: str
    other_names: list[str] = field(default_factory=list)
    own_names: list[OwnName] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    logo: Mapping[str, Any] | None = None
    signed: list[Signed] = field(default_factory=list)


def profile(slug: str, language: str) -> Profile | None:
    """One organization with the statements that it signed, the newest first; None where it stands on none by name."""
    found = list(stands().filter(organization__slug=slug).select_related("organization").order_by("-created_at", "-pk"))
    if not found:
        return None
    newest = max(found, key=lambda each: (each.decided_at, each.pk))
    statements = with_texts(Statement.objects.public().filter(pk__in=[each.statement_id for each in found]))
    cards = {each.pk: card(each, text) for each in statements if (text := each.text(language))}
    shown = as_listed(newest, language)
    organization = organization_of(newest)
    own = OwnProfile.objects.filter(organization=organization, in_directory=True).prefetch_related("names").first()
    name = str(organization) if own else shown.name
    return Profile(
        name=name,
        path=shown.path,
        country=newest.country,
        place=shown.place,
        type=shown.type,
        website=(own and _address(own.website)) or _website(newest, found),
        other_names=sorted({each.listed_name for each in found} - {name, organization.name}),
        **(_own(own) if own else {}),
        signed=[Signed(cards[each.statement_id], each) for each in found if each.statement_id in cards],
    )


def _own(profile: OwnProfile) -> dict[str, Any]:
    named = [
        OwnName(each.name, languages.name_of(each.language) if each.language else "", each.language)
        for each in profile.names.all()
    ]
    logo = photos.sources(photos.Picture(**profile.logo)) if profile.logo else None
    return {"own_names": named, "languages": [languages.name_of(each) for each in profile.languages], "logo": logo}


def moved_to(slug: str) -> str | None:
    """Where the organization stands that this one was found to be, if strangers could read of both; else None."""
    gone = Organization.objects.filter(slug=slug, merged_into__isnull=False).first()
    merge = gone and Merge.objects.filter(merged=gone, undone_at__isnull=True).first()
    if not merge:
        return None
    # What it brought along; of those that stood on a statement twice one is listed no longer, and was.
    public = Statement.objects.public().order_by()
    brought = SignOn.objects.filter(pk__in=merge.changed.get("sign_ons", []), state=SignOn.State.ACCEPTED)
    if not brought.filter(listing=SignOn.Listing.NAME, statement__in=public).exists():
        return None
    if merge.kept.merged_into_id:
        return moved_to(merge.kept.slug)
    return path_of(merge.kept) if stands().filter(organization=merge.kept).exists() else None


def _website(newest: SignOn, found: Iterable[SignOn]) -> str:
    """Its website as staff have it, where it gave one with a name that may be shown; only an address of the web."""
    given = next((each.website for each in found if each.website), "")
    return _address((organization_of(newest).website or given) if given else "")


def _address(website: str) -> str:
    return website if website.startswith(("https://", "http://")) else ""

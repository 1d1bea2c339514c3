from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import RevisionText, Statement
from signon.models.consent_text import ConsentText
from signon.models.contact_field import AddressKey, ContactField
from signon.models.labels import SignOnLabels
from signon.models.organization import Organization
from signon.models.public_id import IN_THE_DATABASE, new_public_id
from signon.models.sign_on_indexes import ACCEPTED, INDEXES
from signon.models.sign_on_queryset import SignOnQuerySet
from signon.models.states import WithStates
from signon.naming import names

if TYPE_CHECKING:
    from signon.models.case import Question


# The place of every signatory who is no convener: the greatest number that the column holds.
BEHIND = 32767


def new_key() -> str:
    """A random key (192 bits) that links are bound to; a new one ends every link made before."""
    return secrets.token_urlsafe(24)


class SignOn(SignOnLabels, WithStates):
    """One organization's (or individual's) act of signing one revision of one statement.

    Keeps what was typed. `organization` stays empty until staff accept the sign-on and find or make the
    directory's entry. Its state changes by `move` alone, or as signon.imports.undoing does it for many.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    # Which state may follow which; a move is one guarded UPDATE (see `move`).
    MAY_BECOME: ClassVar[dict[str, set[str]]] = {
        State.UNCONFIRMED: {State.CONFIRMED, State.WITHDRAWN, State.EXPIRED},
        State.CONFIRMED: {State.ACCEPTED, State.DECLINED, State.WITHDRAWN},
        State.ACCEPTED: {State.CONFIRMED, State.WITHDRAWN},
        State.DECLINED: {State.CONFIRMED},
        State.WITHDRAWN: set(),
        State.EXPIRED: set(),
    }

    class Signer(models.TextChoices):
        ORGANIZATION = "organization", _("An organization")
        INDIVIDUAL = "individual", _("Myself, as an individual")

    class Listing(models.TextChoices):
        NAME = "name", _("By name")
        COUNTRY = "country", _("Without the name: only “an organization” or “an individual”, and the country")
        COUNT = "count", _("Not listed, only counted")

    class Source(models.TextChoices):
        FORM = "form", _("Form")
        IMPORT = "import", _("Import")
        STAFF = "staff", _("Entered by staff")

    class Ending(models.TextChoices):
        SIGNER = "signer", _("Withdrawn by the signer")
        NOT_ME = "not_me", _("“This was not me”")
        UNDONE = "undone", _("Its import was taken back")

    class Refusal(models.TextChoices):
        """What staff choose from; the signer's mail says it in the signer's language (mail/declined)."""

        SIGNED_ALREADY = "signed_already", _("The organization has signed already")
        NOT_AUTHORIZED = "not_authorized", _("Nobody could say that this person may sign for it")
        NOT_FOUND = "not_found", _("The organization could not be found")
        NOT_INVITED = "not_invited", _("Not among those this statement is for")
        NO_ANSWER = "no_answer", _("Our question was not answered")
        OTHER = "other", _("Another reason, in words")

    # What "what do you hold on me", retention and erasure read.
    PERSONAL_DATA: ClassVar[set[str]] = {
        "representative_name", "representative_title", "email", "affiliation", "network", "decision_reason",
        "withdrawal_reason",
    }  # fmt: skip

    # A refusal for another reason has one (a constraint), which nobody may read any more once it is erased.
    REASON_ERASED: ClassVar[str] = "…"

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="sign_ons", db_index=False, verbose_name=_("statement")
    )
    text = models.ForeignKey(RevisionText, models.PROTECT, related_name="sign_ons", verbose_name=_("text signed"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="sign_ons", null=True, blank=True, db_index=False,
        verbose_name=_("organization"),
    )  # fmt: skip
    # After a merge the later of two sign-ons for one organization points to the earlier (the one with the smaller
    # id): neither listed nor counted (signon/casework/doubles.py).
    same_as = models.ForeignKey(
        "self", models.PROTECT, related_name="doubles", null=True, blank=True, editable=False, db_index=False,
        verbose_name=_("same as"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.UNCONFIRMED, editable=False)
    source = models.CharField(_("how it came"), max_length=6, choices=Source, default=Source.FORM, editable=False)
    source_note = models.CharField(_("source in words"), max_length=300, blank=True, editable=False)
    came_with = models.ForeignKey(
        "Import", models.PROTECT, related_name="sign_ons", null=True, editable=False, db_index=False
    )

    # As typed
    signer = models.CharField(_("who signs"), max_length=12, choices=Signer, default=Signer.ORGANIZATION)
    organization_name = models.CharField(_("name as typed"), max_length=300, blank=True)
    acronym = models.CharField(_("acronym"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    scope = models.CharField(_("scope"), max_length=13, choices=Organization.Scope, default=Organization.Scope.NATIONAL)
    organization_type = models.CharField(_("type"), max_length=8, choices=Organization.Type, blank=True)
    website = models.URLField(_("website"), blank=True)
    representative_name = models.CharField(_("representative"), max_length=200, blank=True)
    representative_title = models.CharField(_("title or role"), max_length=200, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=300, blank=True)
    email = ContactField(_("e-mail address"), blank=True)
    language = models.CharField(_("language of mails"), max_length=12, choices=settings.LANGUAGES, default="en")
    authorized = models.BooleanField(_("may sign for it"), default=False)
    consent_publish = models.BooleanField(_("agrees to be listed"), default=False)
    consent_updates = models.BooleanField(_("wants updates"), default=False)
    listing = models.CharField(_("listed"), max_length=7, choices=Listing, default=Listing.NAME)
    # The words that stood beside these boxes (signon/privacy/consenting.py); empty where no form of ours was shown.
    consent_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    publish_consent_text = models.ForeignKey(  # of the consent to be listed; stays whoever represents it
        ConsentText, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    # By which partner's link it came (signon.models.source), "" where that is not known; never about a person.
    via = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    # Grows whenever what waits is typed again; the confirm button carries the one that was shown.
    version = models.PositiveIntegerField(default=1, editable=False)

    # As listed
    listed_name = models.CharField(_("name as listed"), max_length=510)
    sort_key = models.CharField(max_length=2400, editable=False, db_collation="C")
    search_key = models.CharField(max_length=900, editable=False, db_collation="C")
    # A convener's place in its statement's order; who is none stands in BEHIND, behind all of them.
    convener_place = models.PositiveSmallIntegerField(default=BEHIND, editable=False)

    # Keyed hash of the network that it came from, for a week: a burst from one network is evidence (retention.py).
    network = models.CharField(max_length=32, blank=True, editable=False)
    # While it is held no mail goes out about it and nobody accepts it (signon/abuse/holding.py).
    hold = models.ForeignKey("Hold", models.PROTECT, related_name="sign_ons", null=True, editable=False, db_index=False)
    link_key = models.CharField(max_length=40, default=new_key, editable=False)
    ledger_salt = models.CharField(max_length=40, default=new_key, editable=False)
    # Of the listing, not of a person: it stays whoever represents the organization, and when that person is erased.
    public_id = models.CharField(max_length=32, default=new_public_id, db_default=IN_THE_DATABASE, editable=False)
    created_at = models.DateTimeField(_("signed"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, editable=False)
    # Signed after closing by a personal link: it may be confirmed until delivery.
    came_late = models.BooleanField(_("signed after closing"), default=False, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False,
        verbose_name=_("decided by"),
    )  # fmt: skip
    refusal = models.CharField(_("why it was declined"), max_length=14, choices=Refusal, blank=True, editable=False)
    decision_reason = models.TextField(_("reason for the decision"), blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    ending = models.CharField(max_length=6, choices=Ending, blank=True, editable=False)
    withdrawal_reason = models.TextField(_("reason for withdrawing"), blank=True, editable=False)

    objects = SignOnQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("sign-on")
        verbose_name_plural = _("sign-ons")
        permissions = [
            ("verify_signon", _("Can accept and decline sign-ons")),
            ("export_signon", _("Can export signatories")),
            ("export_contacts", _("Can export representatives, their addresses and names kept back")),
            ("import_signon", _("Can import sign-ons")),
        ]
        indexes = INDEXES
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "organization"],
                condition=Q(state="accepted", same_as__isnull=True),
                name="an_organization_stands_once",
            ),
            models.UniqueConstraint(
                "statement",
                AddressKey("email"),
                condition=Q(state="accepted", signer="individual") & ~Q(email=""),
                name="an_individual_stands_once",
            ),
            models.UniqueConstraint(
                "statement",
                AddressKey("email"),
                condition=Q(state="unconfirmed") & ~Q(email=""),
                name="an_address_has_one_unconfirmed_sign_on",
            ),
            models.CheckConstraint(
                name="nothing_is_accepted_before_it_is_confirmed",
                condition=~Q(state="accepted") | Q(confirmed_at__isnull=False) | Q(source__in=["import", "staff"]),
            ),
            models.CheckConstraint(
                name="what_is_confirmed_has_its_moment",
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False) | Q(source__in=["import", "staff"]),
            ),
            models.CheckConstraint(
                name="a_decision_has_who_and_when",
                condition=~Q(state__in=["accepted", "declined"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_refusal_has_a_reason",
                condition=~Q(state="declined") | ~Q(decision_reason="") | ~Q(refusal__in=["", "other"]),
            ),
            models.CheckConstraint(name="a_double_is_accepted", condition=Q(same_as__isnull=True) | ACCEPTED),
            models.CheckConstraint(
                name="an_accepted_organization_is_in_the_directory",
                condition=~Q(state="accepted", signer="organization") | Q(organization__isnull=False),
            ),
            models.CheckConstraint(
                name="only_an_accepted_sign_on_points_to_the_directory",
                condition=Q(organization__isnull=True) | Q(state__in=["accepted", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="nobody_is_listed_without_consent",
                condition=Q(consent_publish=True) | Q(listing="count"),
            ),
            models.CheckConstraint(
                name="a_name_kept_back_has_no_place_among_names", condition=Q(listing="name") | Q(sort_key="")
            ),
            models.CheckConstraint(
                name="only_a_name_has_a_convener_s_place", condition=Q(listing="name") | Q(convener_place=BEHIND)
            ),
            models.CheckConstraint(
                name="an_unconfirmed_sign_on_has_an_end",
                condition=~Q(state="unconfirmed") | Q(expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_ended_has_its_moment",
                condition=~Q(state__in=["withdrawn", "expired"]) | Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.listed_name

    @classmethod
    def listed_as(cls, name: str, listing: str) -> dict[str, str]:
        """The fields that say how a sign-on is listed, sorted and found, under this name.

        A name that is kept back has no place among names: what stands before and after it would tell of it.
        """
        sort_key = names.sort_key(name) if listing == cls.Listing.NAME else ""
        return {"listed_name": name, "sort_key": sort_key, "search_key": names.search_key(name)}

    @property
    def is_convener(self) -> bool:
        return self.convener_place < BEHIND

    @property
    def is_individual(self) -> bool:
        return self.signer == self.Signer.INDIVIDUAL

    @property
    def open_question(self) -> Question | None:
        """What staff asked and nobody answered yet; while there is one, the case is on hold."""
        return self.questions.filter(answered_at__isnull=True, dropped_at__isnull=True).first()

    @property
    def is_of_an_earlier_text(self) -> bool:
        """Whether the text was amended since it was signed; a further translation is no amendment."""
        newest = self.statement.revision
        return newest is not None and self.text.revision_id != newest.pk

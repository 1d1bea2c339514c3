from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.geography import countries
from signon.models.contact_field import AddressKey, ContactField, ContactJSON
from signon.models.organization import Organization
from signon.models.sign_on import SignOn, new_key
from signon.models.states import WithStates
from signon.naming import names

if TYPE_CHECKING:
    pass


class InvitationQuerySet(ReachedQuerySet["Invitation"]):
    def planned(self) -> InvitationQuerySet:
        """What is on the list and was not sent yet."""
        return self.filter(state="planned")

    def sent(self) -> InvitationQuerySet:
        """What somebody decided to send, and all that came of it."""
        return self.exclude(state="planned")

    def open(self) -> InvitationQuerySet:
        """Asked, and neither signed nor declined."""
        return self.filter(state__in=["waiting", "bounced", "asks"])


class Invitation(WithStates):
    """One organization asked to sign one statement, and what came of it.

    A planned one is a row of a list that staff look at before anything is sent; it may stand there twice. Its link
    is bound to `link_key`, which changes with the address: who holds a link holds what was mailed to `email`.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Not sent yet")
        WAITING = "waiting", _("Waiting")
        BOUNCED = "bounced", _("Bounced")
        SIGNED = "signed", _("Signed")
        REFUSED = "refused", _("Will not sign")
        ASKS = "asks", _("Asks a question")
        WITHDREW = "withdrew", _("Signed and withdrew")
        DECLINED = "declined", _("Signed, and we declined it")

    # Which state may follow which; a move is one guarded UPDATE.
    MAY_BECOME: ClassVar[dict[str, set[str]]] = {
        State.PLANNED: {State.WAITING},
        State.WAITING: {State.BOUNCED, State.SIGNED, State.REFUSED, State.ASKS},
        State.BOUNCED: {State.WAITING, State.SIGNED, State.REFUSED, State.ASKS},
        State.ASKS: {State.WAITING, State.BOUNCED, State.SIGNED, State.REFUSED, State.WITHDREW, State.DECLINED},
        State.REFUSED: {State.WAITING, State.SIGNED, State.ASKS},
        State.SIGNED: {State.WAITING, State.ASKS, State.WITHDREW, State.DECLINED},
        State.WITHDREW: {State.WAITING, State.SIGNED, State.REFUSED, State.ASKS},
        State.DECLINED: {State.WAITING, State.SIGNED, State.ASKS},
    }

    class Match(models.TextChoices):
        LINK = "link", _("by the personal link")
        ADDRESS = "address", _("by the e-mail address")
        ORGANIZATION = "organization", _("by the organization")
        STAFF = "staff", _("by staff")

    MOST_REMINDERS = 2
    PERSONAL_DATA: ClassVar[set[str]] = {"contact_name", "email", "reason", "question", "notes", "problems"}

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="invitations", verbose_name=_("statement"))
    # The directory's entry; empty where none is known, or none was sure.
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="invitations",
        verbose_name=_("organization"),
    )  # fmt: skip
    organization_name = models.CharField(_("name"), max_length=300)
    acronym = models.CharField(_("acronym"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    scope = models.CharField(_("scope"), max_length=13, choices=Organization.Scope, default=Organization.Scope.NATIONAL)
    website = models.URLField(_("website"), blank=True)
    search_key = models.CharField(max_length=900, editable=False, db_collation="C")
    contact_name = models.CharField(_("contact"), max_length=200, blank=True)
    email = ContactField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en")
    link_key = models.CharField(max_length=40, default=new_key, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED, editable=False)
    # In the contact's words.
    reason = models.TextField(_("why it will not sign"), blank=True, max_length=2000)
    question = models.TextField(_("question"), blank=True, max_length=4000)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    # Where it stood when it asked, if it was not waiting: once it is answered it stands there again.
    before_asking = models.CharField(max_length=8, choices=State, blank=True, editable=False)
    looked_after_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="invitations",
        verbose_name=_("who looks after it"),
    )  # fmt: skip
    # What there was to say of its row in a list (signon.imports.remarks), until somebody mended it.
    problems = ContactJSON(default=list, editable=False)
    notes = ContactJSON(default=list, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    # Since when a mail is to be composed; empty once it is.
    mail_wanted_at = models.DateTimeField(null=True, editable=False)
    invited_at = models.DateTimeField(_("invited"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    # The sign-on that came of it, and how that was found; while it waits, the one that was typed under the link.
    sign_on = models.ForeignKey(SignOn, models.SET_NULL, null=True, related_name="invitations", editable=False)
    matched_by = models.CharField(max_length=12, choices=Match, blank=True, editable=False)
    # One that may be it, and is not sure: staff decide. Those they said are not it stand in `not_these`.
    perhaps = models.ForeignKey(SignOn, models.SET_NULL, null=True, related_name="+", editable=False)
    perhaps_score = models.FloatField(null=True, editable=False)
    perhaps_why = models.CharField(max_length=300, blank=True, editable=False)
    not_these = ArrayField(models.BigIntegerField(), default=list, editable=False)
    erased_at = models.DateTimeField(_("contact erased"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            models.Index("statement", "state", "id", name="invitations_by_state"),
            models.Index("mail_wanted_at", name="invitations_to_be_mailed", condition=Q(mail_wanted_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                "statement", AddressKey("email"),
                condition=~Q(state="planned") & ~Q(email=""),
                name="an_address_is_invited_once",
            ),
            models.UniqueConstraint(
                fields=["statement", "organization"],
                condition=~Q(state="planned") & Q(organization__isnull=False),
                name="an_organization_is_invited_once",
            ),
            models.CheckConstraint(
                name="an_invitation_is_reminded_twice_at_most", condition=Q(reminders__lte=2)
            ),
            models.CheckConstraint(
                name="a_reminded_invitation_has_its_moment", condition=Q(reminders=0) | Q(reminded_at__isnull=False)
            ),
            models.CheckConstraint(
                name="a_signed_invitation_says_how_that_was_found", condition=~Q(state="signed") | ~Q(matched_by="")
            ),
            models.CheckConstraint(
                name="only_what_has_an_address_is_mailed",
                condition=Q(mail_wanted_at__isnull=True) | ~Q(email=""),
            ),
            models.CheckConstraint(
                name="an_invitation_that_asks_has_a_question",
                condition=~Q(state="asks") | ~Q(question="") | Q(erased_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return names.with_acronym(self.organization_name, self.acronym)

    @property
    def country_name(self) -> str:
        """The country in the language that is active now, "" where there is none."""
        return countries.name(self.country, get_language() or settings.LANGUAGE_CODE)

    @property
    def state_label(self) -> str:
        return self.get_state_display()


class InvitationNote(models.Model):
    """What staff write for each other beside an invitation: who called whom, and what was said."""

    PERSONAL_DATA: ClassVar[set[str]] = {"words"}

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="told")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    words = models.TextField(_("note"), max_length=4000)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("note on an invitation")
        verbose_name_plural = _("notes on invitations")

    def __str__(self) -> str:
        return self.words


class Inviting(models.Model):
    """How one statement invites: when those who have not answered are reminded, and since when it is over."""

    statement = models.OneToOneField(Statement, models.CASCADE, related_name="inviting", primary_key=True)
    # Days before the deadline; empty: by the button alone.
    remind_before = models.PositiveSmallIntegerField(
        _("remind so many days before the deadline"), null=True, blank=True
    )
    # When it was first seen delivered or withdrawn; contacts are erased a while after.
    over_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("how a statement invites")
        verbose_name_plural = _("how statements invite")

    def __str__(self) -> str:
        return str(self.statement)


class InvitationWords(models.Model):
    """What staff add to the invitations of a statement in one language, in Markdown."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="invitation_words")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    words = models.TextField(_("your own words"), blank=True, max_length=3000)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("words of an invitation")
        verbose_name_plural = _("words of invitations")
        constraints = [
            models.UniqueConstraint(fields=["statement", "language"], name="invitations_have_words_once_in_a_language"),
        ]

    def __str__(self) -> str:
        return self.words


class Sought(models.Model):
    """That a sign-on's invitation was looked for, and as which organization it stood in the directory then."""

    sign_on = models.OneToOneField(SignOn, models.CASCADE, related_name="sought", primary_key=True)
    organization_number = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("search for an invitation")
        verbose_name_plural = _("searches for invitations")

    def __str__(self) -> str:
        return str(self.sign_on_id)

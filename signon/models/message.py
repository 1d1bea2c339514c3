from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.mail import addresses
from signon.models.contact_field import ContactField, ContactJSON, ContactText, KeyField
from signon.models.convener import Comment, Convener
from signon.models.export import Export
from signon.models.invitation import Invitation
from signon.models.late_link import LateLink
from signon.models.look import Rehearsal
from signon.models.mailing import Mailing
from signon.models.rare_keys import index_where_given
from signon.models.registration import Registration
from signon.models.sign_on import SignOn
from signon.models.suppression import Suppression
from signon.models.user import User

# What most messages are not about (each has its sign-on).
RARE = "user", "export", "statement", "convener", "comment", "late_link", "rehearsal", "invitation", "registration"


class MessageQuerySet(ReachedQuerySet["Message"]):
    # How a message hangs on a campaign; one about an account or to staff hangs on none.
    ways = (
        *(f"{way}__statement__campaign"
          for way in ("sign_on", "mailing", "export", "convener", "late_link", "invitation")),
        "registration__event__campaign",
    )  # fmt: skip
    right = "signon.view_message"

    def within(self, user: User) -> Q:
        """And what was mailed to them."""
        return super().within(user) | Q(user=user)


class Message(models.Model):
    """One e-mail to one address, kept until it is accounted for. Rendered when it is sent."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        RETRYING = "retrying", _("Will be tried again")
        DEAD = "dead", _("Given up")
        BOUNCED = "bounced", _("Bounced")
        SUPPRESSED = "suppressed", _("Not sent: the address wants none")
        CANCELED = "canceled", _("Canceled")

    WAITING: ClassVar[list[str]] = [State.QUEUED, State.RETRYING]
    UNSENT: ClassVar[list[str]] = [*WAITING, State.SENDING]

    class Kind(models.TextChoices):
        VERIFICATION = "verification", _("Please confirm")
        REMINDER = "reminder", _("Reminder to confirm")
        LAST_CALL = "last_call", _("Last call to confirm")
        LINKS = "links", _("Links to own sign-ons")
        ALREADY_SIGNED = "already_signed", _("Already signed")
        QUESTION = "question", _("A question")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        CORRECTED = "corrected", _("The listed name was corrected")
        WITHDRAWN = "withdrawn", _("Withdrawn by the signer")
        REAFFIRM = "reaffirm", _("The text was amended")
        DELIVERED = "delivered", _("The statement was delivered")
        UPDATE = "update", _("Update to signatories")
        DIGEST = "digest", _("What waits at the desk")
        BURST = "burst", _("Many sign-ons from one place")
        NOTICE = "notice", _("An organization was accepted")
        EXPORT = "export", _("A list is ready")
        BY_HAND = "by_hand", _("Entered by staff: was it meant?")
        DEADLINE = "deadline", _("The deadline was moved")
        CLOSING = "closing", _("A statement closes soon, or has closed")
        NOT_OPENED = "not_opened", _("A scheduled opening did not happen")
        DRAFT = "draft", _("A convener’s private link")
        COMMENT = "comment", _("A convener’s comment was settled")
        LATE = "late", _("A link to sign late")
        TEST = "test", _("A test sign-on")
        INVITATION = "invitation", _("An invitation to sign")
        INVITATION_REMINDER = "invitation_reminder", _("Reminder of an invitation")
        DEADLINE_MOVED_INVITED = "deadline_moved_invited", _("The deadline was moved: to the invited")
        SIGNED_BY_LINK = "signed_by_link", _("Signed by a personal link")
        REGISTRATION = "registration", _("Please confirm: an event")
        REGISTERED = "registered", _("Registered for an event")
        WAITING_LIST = "waiting_list", _("On an event’s waiting list")
        PLACE_FREE = "place_free", _("A place at an event is free")
        EVENT_REMINDER = "event_reminder", _("Reminder of an event")
        EVENT_CHANGED = "event_changed", _("An event was changed")
        EVENT_CALLED_OFF = "event_called_off", _("An event was called off")
        REGISTRATION_CANCELED = "registration_canceled", _("A registration was canceled by staff")
        LOGIN_CODE = "login_code", _("A code to sign in")
        PASSWORD_RESET = "password_reset", _("A link to a new password")
        ADDRESS_CODE = "address_code", _("A code that proves an address")
        NEW_DEVICE = "new_device", _("Signed in on a new device")
        ACCOUNT_CHANGED = "account_changed", _("Something changed in an account")
        FACTOR_RESET = "factor_reset", _("A second factor will be taken away")
        ACCOUNT = "account", _("A test of a sender")
        CLAIM_CODE = "claim_code", _("A code to act for an organization")
        SEAT = "seat", _("Who acts for an organization")
        SIGNED_BY_SEAT = "signed_by_seat", _("Signed from an account")
        PROPOSAL = "proposal", _("What became of a proposal")
        NEW_REPRESENTATIVE = "new_representative", _("Please confirm: to represent a sign-on")
        RIGHTS = "rights", _("A link to what is held of an address")

    class Lane(models.TextChoices):
        """Each lane has workers, a rate and a brake of its own: no mailing holds up a verification."""

        TRANSACTIONAL = "transactional", _("What somebody waits for")
        BULK = "bulk", _("Mail to many")

    # About what its reader did, what was decided on it, or their own link; all the rest can be unsubscribed from.
    TRANSACTIONAL: ClassVar[set[str]] = {
        Kind.VERIFICATION, Kind.LINKS, Kind.ALREADY_SIGNED, Kind.QUESTION, Kind.ACCEPTED, Kind.DECLINED,
        Kind.CORRECTED, Kind.WITHDRAWN, Kind.EXPORT, Kind.TEST, Kind.ACCOUNT, Kind.BY_HAND, Kind.SIGNED_BY_LINK,
        Kind.DRAFT, Kind.COMMENT, Kind.LATE, Kind.DEADLINE, Kind.REAFFIRM, Kind.NOT_OPENED, Kind.BURST,
        Kind.REGISTRATION, Kind.REGISTERED, Kind.WAITING_LIST, Kind.PLACE_FREE, Kind.EVENT_REMINDER,
        Kind.EVENT_CHANGED, Kind.EVENT_CALLED_OFF, Kind.REGISTRATION_CANCELED,
        Kind.LOGIN_CODE, Kind.PASSWORD_RESET, Kind.ADDRESS_CODE,
        Kind.NEW_DEVICE, Kind.ACCOUNT_CHANGED, Kind.FACTOR_RESET, Kind.CLAIM_CODE, Kind.SEAT, Kind.SIGNED_BY_SEAT,
        Kind.PROPOSAL, Kind.NEW_REPRESENTATIVE, Kind.RIGHTS,
    }  # fmt: skip
    # Of these so many go out at once that they wait behind what one person waits for.
    TO_MANY: ClassVar[set[str]] = {
        Kind.DEADLINE, Kind.REAFFIRM, Kind.EVENT_REMINDER, Kind.EVENT_CHANGED, Kind.EVENT_CALLED_OFF,
    }  # fmt: skip
    # Asks somebody who did not ask for it: who wants no invitations gets none of these, from any statement.
    INVITING: ClassVar[set[str]] = {Kind.INVITATION, Kind.INVITATION_REMINDER, Kind.DEADLINE_MOVED_INVITED}
    # About somebody's own account: nobody is kept from it, or kept in the dark about it, by an earlier complaint.
    ABOUT_ACCOUNTS: ClassVar[set[str]] = {
        Kind.LOGIN_CODE, Kind.PASSWORD_RESET, Kind.ADDRESS_CODE, Kind.NEW_DEVICE, Kind.ACCOUNT_CHANGED,
        Kind.FACTOR_RESET, Kind.ACCOUNT,
    }  # fmt: skip
    # Goes out even to an address that bounced before: a person has just typed it, and it may work again.
    ASKED_FOR: ClassVar[set[str]] = {
        Kind.VERIFICATION, Kind.LINKS, Kind.REGISTRATION, Kind.CLAIM_CODE, Kind.NEW_REPRESENTATIVE, Kind.RIGHTS,
        *ABOUT_ACCOUNTS,
    }  # fmt: skip

    # What is written in the place of an address once it is erased; nothing is mailed there (RFC 2606).
    ERASED: ClassVar[str] = "erased@invalid.invalid"
    PERSONAL_DATA: ClassVar[set[str]] = {"to_address", "mailbox", "answer", "history", "subject", "body"}

    # Composing the same message twice is impossible: the second finds this key taken.
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=22, choices=Kind)
    sign_on = models.ForeignKey(SignOn, models.CASCADE, related_name="messages", null=True, blank=True)
    # A member of staff it goes to, or whom it is rendered for; a mailing it belongs to; a list that it says is ready.
    user = models.ForeignKey(User, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False)
    export = models.ForeignKey(Export, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False)
    # What else it is about and rendered from.
    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False
    )
    convener = models.ForeignKey(
        Convener, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False
    )
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False)
    late_link = models.ForeignKey(
        LateLink, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False
    )
    rehearsal = models.ForeignKey(
        Rehearsal, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False
    )
    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="messages", null=True, blank=True, db_index=False)
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False
    )
    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="messages", null=True, blank=True, db_index=False
    )
    lane = models.CharField(_("lane"), max_length=13, choices=Lane, default=Lane.TRANSACTIONAL)
    to_address = ContactField(_("to"))
    # What limits count by (signon.mail.addresses.mailbox): to be compared, not to be read. See `recipient`.
    mailbox = KeyField(max_length=254, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=12, default="en")
    # Only what has no sign-on to be rendered from: a code to sign in, what changed in an account; codes of what kept
    # a statement from opening. Wiped once sent.
    subject = models.CharField(max_length=400, blank=True)
    body = ContactText(blank=True)
    # One for all tries, so that receivers can drop a second copy (RFC 5322, 3.6.4).
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    # Empty while its mailing is paused.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    expires_at = models.DateTimeField(_("no use after"), null=True, blank=True)
    lease_ends_at = models.DateTimeField(_("lease ends"), null=True, blank=True)
    claimed_by = models.CharField(max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    answer = ContactText(_("the server's answer"), blank=True)
    # Each change: [state, moment (ISO 8601, UTC), answer]. On the row, so that a change stays one UPDATE.
    history = ContactJSON(_("history"), default=list)
    created_at = models.DateTimeField(_("composed"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [("handle_message", _("Can deal with mail that was given up"))]
        indexes = [
            *(index_where_given(name, name=f"messages_by_{name}") for name in RARE),
            models.Index("lane", "due_at", name="messages_that_are_due", condition=Q(state__in=["queued", "retrying"])),
            models.Index("lease_ends_at", name="messages_under_a_lease", condition=Q(state="sending")),
            models.Index("mailbox", "created_at", name="messages_to_a_mailbox"),
            models.Index("mailing", "state", name="messages_of_a_mailing", condition=Q(mailing__isnull=False)),
            models.Index("changed_at", name="messages_given_up", condition=Q(state="dead")),
            models.Index(
                fields=["sign_on"],
                name="messages_that_never_came",
                condition=Q(kind="verification", state__in=["bounced", "dead", "suppressed"]),
            ),
            models.Index(
                "created_at",
                name="messages_that_typing_caused",
                condition=Q(kind__in=["links", "rights"], sign_on=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="what_is_being_sent_has_a_lease",
                condition=~Q(state="sending") | Q(lease_ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_sent_has_its_moment", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(
                name="only_a_mailing_s_message_is_held",
                condition=~Q(state__in=["queued", "retrying"]) | Q(due_at__isnull=False) | Q(mailing__isnull=False),
            ),
        ]

    # What stands against it, once a worker has looked.
    suppressed_by: Suppression | None = None

    def __str__(self) -> str:
        return self.key

    @property
    def recipient(self) -> str:
        """The mailbox that it goes to (signon.mail.addresses.mailbox); "" once that is erased."""
        return self.mailbox if "@" in self.mailbox or not self.mailbox else addresses.mailbox(self.to_address)

    @property
    def is_transactional(self) -> bool:
        return self.kind in self.TRANSACTIONAL

    @property
    def bounce_key(self) -> str:
        """What names this message in its return path and in its provider's metadata: 32 hexadecimal digits."""
        return self.message_id.strip("<>").partition("@")[0]

    @property
    def link_key(self) -> str:
        """What a link that leads to the message itself is bound to (signon.tokens)."""
        return self.bounce_key


class Lane(models.Model):
    """A lane's brake and its rate. A server that refuses our sender or login stops the lane, not the messages."""

    name = models.CharField(max_length=13, choices=Message.Lane, primary_key=True)
    stopped_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True)
    # How often in a row the server could not be reached, and refused a text; the next success ends both.
    failures = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    # Nothing is claimed before; then one message is tried, to see whether the server takes us again.
    rests_until = models.DateTimeField(null=True)
    # The moment up to which MAIL_RATE's allowance is used (GCRA's "theoretical arrival time").
    used_up_to = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lane")
        verbose_name_plural = _("lanes")

    def __str__(self) -> str:
        return self.get_name_display()

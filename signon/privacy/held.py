"""What is held of a person, found by their e-mail address: one register, read by their page, by erasure and by a test.

Every model that declares PERSONAL_DATA stands in REGISTER, or in EXCEPTIONS with the reason why not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from signon.mail import addresses
from signon.models import (
    Attachment,
    Comment,
    Convener,
    HandEntry,
    ImportRow,
    Invitation,
    InvitationNote,
    LateLink,
    LedgerEntry,
    Message,
    Note,
    Objection,
    OwnAnswer,
    Proposal,
    Question,
    Registration,
    Seat,
    SignOn,
    Suppression,
    User,
)
from signon.privacy import contact_keys

# Mail that whoever types an address causes: that it was composed says nothing of a person.
CAUSED = [Message.Kind.RIGHTS, Message.Kind.LINKS, Message.Kind.LOGIN_CODE, Message.Kind.PASSWORD_RESET]


OF_STAFF = _("Also written by our staff: it may be about others too. Ask us for it.")
OF_OTHERS = _("It is about another person too: what would tell of them is not shown.")
OF_MAIL = _("Kept to send the mail, and to see whether it arrived. Its text came to you.")


@dataclass(frozen=True)
class Held:
    """One table of the register: whose rows they are, and what of a row its person is shown.

    `address` names the column that holds addresses; "" where the rows hang on others, by which they are found.
    `withheld` are fields of which only the fact is told, and why.
    """

    model: type[Model]
    title: str | Promise
    rows: Callable[[str], QuerySet[Any]]
    shows: tuple[str, ...]
    address: str = ""
    withheld: tuple[str, ...] = ()
    why_withheld: str | Promise = OF_STAFF
    # Of a row that is about somebody else too, by the row and the address: then `of_others` alone is shown of it.
    is_of_others: Callable[[Any, str], bool] | None = None
    of_others: tuple[str, ...] = ()

    def shown_of(self, row: Any, address: str) -> tuple[str, ...]:
        """The columns of a row that the owner of an address is shown."""
        return self.of_others if self.is_of_others and self.is_of_others(row, address) else self.shows


def _of_sign_on(model: type[Model]) -> Callable[[str], QuerySet[Any]]:
    return lambda address: model._default_manager.filter(sign_on__in=sign_ons(address).values("pk"))


def sign_ons(address: str) -> QuerySet[SignOn]:
    """Those of an address, whatever became of them."""
    return SignOn.objects.at_address(address)


def messages(address: str) -> QuerySet[Message]:
    """All mail to an address, also what somebody caused by typing it."""
    return Message.objects.filter(mailbox=addresses.mailbox(address), to_address__iexact=address)


def accounts(address: str) -> QuerySet[User]:
    """The account whose main address it is."""
    return User.objects.filter(email__iexact=address)


def _at(model: type[Model]) -> Callable[[str], QuerySet[Any]]:
    return lambda address: model._default_manager.filter(email__iexact=address)


def mentions(address: str) -> str:
    """A regular expression (PostgreSQL's and Python's, for any case) that finds this address and no longer one."""
    return rf"(?<![a-z0-9._%+-]){re.escape(address)}(?![a-z0-9-]|\.[a-z0-9])"


def import_rows(address: str) -> QuerySet[ImportRow]:
    """Rows of lists that brought somebody in, or hold the address."""
    sealed = {pk for name in ("values", "raw") for pk, _cells in sealed_mentions(ImportRow, name, address)}
    return ImportRow.objects.filter(
        Q(sign_on__in=sign_ons(address).values("pk"))
        | Q(values__iregex=mentions(address))
        | Q(raw__iregex=mentions(address))
        | Q(pk__in=sealed)
    )


def sealed_mentions(model: type[Model], field: str, address: str) -> Iterator[tuple[int, Any]]:
    """Rows whose encrypted words hold the address, as (id, words): the database cannot read them, so all are opened.

    None where nothing is encrypted.
    """
    if contact_keys.may_be_sealed():
        pattern = re.compile(mentions(address), re.IGNORECASE)
        sealed = model._default_manager.filter(**{f"{field}__regex": contact_keys.PREFIX}).order_by()
        for pk, words in sealed.values_list("pk", field).iterator(chunk_size=2000):
            if pattern.search(words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)):
                yield pk, words


def _own_accounts(address: str) -> QuerySet[Any]:
    return EmailAddress.objects.filter(Q(email__iexact=address) | Q(user__in=accounts(address)))


def from_before(sign_on_id: int, at: datetime) -> bool:
    """Whether somebody else represented the sign-on then."""
    handed = LedgerEntry.objects.filter(sign_on=sign_on_id, act=LedgerEntry.Act.HANDED_OVER)
    return handed.filter(at__gt=at).exists()


def _names_another(proposal: Proposal, address: str) -> bool:
    """Whether another person would represent the sign-on, or its former representative asked."""
    if proposal.email:
        return proposal.email.lower() != address.lower()
    return proposal.sign_on_id is not None and from_before(proposal.sign_on_id, proposal.made_at)


def _brought_another(row: ImportRow, address: str) -> bool:
    """Whether a row of a list tells of another person: one who represented before, or who is only named beside."""
    if row.sign_on_id and from_before(row.sign_on_id, row.of.created_at):
        return True
    own = str(row.values.get("email") or "").lower()
    return own != address.lower()


REGISTER = [
    Held(
        SignOn, _("Sign-ons"), sign_ons,
        ("statement", "organization_name", "representative_name", "signer", "acronym", "representative_title",
         "affiliation", "email", "country", "website", "language", "listed_name", "listing", "authorized",
         "consent_publish", "publish_consent_text", "consent_updates", "consent_text", "source", "via", "state",
         "created_at", "confirmed_at", "decided_at", "decision_reason", "ended_at", "withdrawal_reason", "network"),
        address="email",
    ),
    Held(OwnAnswer, _("Answers to a statement’s questions"), _of_sign_on(OwnAnswer),
         ("question", "value", "chosen", "quote", "corrected_at")),
    Held(Question, _("What our staff asked you"), _of_sign_on(Question),
         ("words", "asked_at", "answer", "answered_at"),
         is_of_others=lambda row, _address: from_before(row.sign_on_id, row.asked_at), of_others=("asked_at",)),
    Held(Note, _("Notes of our staff"), _of_sign_on(Note), ("at",), withheld=("words",)),
    Held(HandEntry, _("Entered by our staff for you"), _of_sign_on(HandEntry),
         ("channel", "said_on", "vouched_by", "objected_at"),
         is_of_others=lambda row, _address: from_before(row.sign_on_id, row.sign_on.created_at),
         of_others=("channel", "said_on")),
    Held(
        Proposal, _("What was asked to be changed"),
        lambda address: Proposal.objects.filter(
            Q(sign_on__in=sign_ons(address).values("pk")) | Q(email__iexact=address)
        ),
        ("kind", "name", "acronym", "title", "email", "language", "consent_updates", "state", "made_at", "decided_at",
         "reason"),
        address="email", is_of_others=_names_another, of_others=("kind", "state", "made_at", "decided_at"),
    ),
    Held(Attachment, _("Files that prove it"), _of_sign_on(Attachment), ("name", "content_type", "size", "at"),
         is_of_others=lambda row, _address: from_before(row.sign_on_id, row.at), of_others=("content_type", "at")),
    Held(
        Invitation, _("Invitations to sign"), _at(Invitation),
        ("statement", "organization_name", "contact_name", "email", "language", "state", "reason", "question",
         "invited_at", "answered_at"),
        address="email", withheld=("notes", "problems"),
    ),
    Held(
        InvitationNote, _("Notes of our staff on invitations"),
        lambda address: InvitationNote.objects.filter(invitation__email__iexact=address),
        ("at",), withheld=("words",),
    ),
    Held(Convener, _("As a convener’s contact"), _at(Convener),
         ("statement", "name", "contact_name", "email", "language", "told_at", "removed_at"), address="email"),
    Held(
        Comment, _("Comments on a text"),
        lambda address: Comment.objects.filter(convener__email__iexact=address),
        ("words", "at", "answer", "settled_at"),
    ),
    Held(LateLink, _("Links to sign late"), _at(LateLink),
         ("statement", "name", "email", "language", "made_at", "ended_at"), address="email"),
    Held(
        Registration, _("Registrations for events"),
        lambda address: Registration.objects.at_address(address),
        ("event", "name", "organization", "email", "language", "consent_text", "state", "created_at", "confirmed_at",
         "registered_at", "canceled_at"),
        address="email",
    ),
    Held(User, _("Account"), accounts,
         ("email", "name", "language", "is_staff", "is_active", "date_joined", "last_login"), address="email"),
    Held(EmailAddress, _("Addresses of an account"), _own_accounts, ("email", "verified", "primary"),
         address="email"),
    Held(
        UserSession, _("Devices that are signed in"),
        lambda address: UserSession.objects.filter(user__in=accounts(address)),
        ("user_agent", "created_at", "last_seen_at"),
    ),
    Held(
        Seat, _("For which organizations you act"),
        lambda address: Seat.objects.filter(Q(email__iexact=address) | Q(user__in=accounts(address))),
        ("organization", "email", "role", "state", "words", "reason", "made_at", "decided_at", "ended_at"),
        address="email",
    ),
    Held(
        ImportRow, _("Rows of lists that were brought in"), import_rows,
        ("number", "raw", "values", "status"), withheld=("notes", "problems", "reasons"),
        is_of_others=_brought_another, of_others=("number", "status"),
    ),
    Held(Objection, _("What you asked of us"), _at(Objection), ("email", "words", "at", "settled_at"), address="email"),
    Held(
        Suppression, _("What you get no mail about"),
        lambda address: Suppression.objects.filter(mailbox=addresses.mailbox(address)),
        ("mailbox", "reason", "at", "lifted_at"),
    ),
    Held(
        Message, _("E-mails to you"), messages,
        ("kind", "created_at", "to_address", "language", "state", "sent_at", "answer"),
        address="to_address", withheld=("mailbox", "history", "subject", "body"), why_withheld=OF_MAIL,
    ),
]  # fmt: skip
# Of models that declare personal data, those that an address does not lead to.
EXCEPTIONS = {
    "signon.Hold": "A hash of a network, or a domain: no person's address leads to it; goes after a week.",
    "signon.Rehearsal": "What staff typed to try a form, under their own address; gone within a day.",
    "signon.FactorReset": "What staff wrote about a colleague's account; staff accounts are not erased by themselves.",
    "campaigns.Publisher": "The network's own address, published on every page.",
    "campaigns.Campaign": "The network's own senders, in every mail.",
}


def of(address: str) -> Iterator[tuple[Held, QuerySet[Any]]]:
    """Each table with the rows of an address, which is clean (signon.mail.addresses)."""
    for held in REGISTER:
        rows = held.rows(address)
        yield held, rows.exclude(kind__in=CAUSED) if held.model is Message else rows


def rows_of(model: type[Model], address: str) -> QuerySet[Any]:
    """The rows of an address in one table of the register."""
    return next(held.rows(address) for held in REGISTER if held.model is model)


def anything(address: str) -> bool:
    """Whether anything at all is held of it."""
    return any(rows.exists() for _held, rows in of(address))


def all_addresses() -> set[str]:
    """Every address that a table of the register holds in a column of its own, in lower case."""
    found: set[str] = set()
    for held in REGISTER:
        if held.address:
            values = held.model._default_manager.exclude(**{held.address: ""}).order_by()
            found.update(value.lower() for value in values.values_list(held.address, flat=True).iterator() if value)
    return found - {Message.ERASED}


def digest(address: str, key: str = "") -> str:
    """A keyed digest of an address: who has not the key cannot find out whether an address was erased."""
    return salted_hmac("signon.erasure", address.lower(), secret=key or None, algorithm="sha256").hexdigest()


def digests(address: str) -> set[str]:
    """The same under each key that is still known (SECRET_KEY_FALLBACKS)."""
    return {digest(address, key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]}

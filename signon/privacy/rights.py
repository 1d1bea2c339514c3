"""What a person may do about their own data, by a link that is mailed to their address: see, take along, object.

Erasure is signon.privacy.erasing; what is held, and how it is found, signon.privacy.held.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from signon import mailing, tokens
from signon.mail import addresses, bouncing, limits
from signon.models import (
    ConsentText,
    Invitation,
    Message,
    Objection,
    OwnQuestion,
    Registration,
    SignOn,
    Suppression,
    User,
)
from signon.privacy import erasing, hash_key, held

# How fields are called that have no name in words of their own.
LABELS: dict[str, str | Promise] = {
    "asked_at": gettext_lazy("asked"),
    "answered_at": gettext_lazy("answered"),
    "at": gettext_lazy("when"),
    "chosen": pgettext_lazy("of an answer", "chosen"),
    "consent_text": gettext_lazy("what the form said beside its boxes"),
    "created_at": gettext_lazy("since"),
    "email": gettext_lazy("e-mail address"),
    "ip": gettext_lazy("network address"),
    "last_login": gettext_lazy("last signed in"),
    "last_seen_at": gettext_lazy("last seen"),
    "mailbox": gettext_lazy("mailbox"),
    "network": gettext_lazy("network, as a keyed hash"),
    "objected_at": gettext_lazy("objected"),
    "primary": gettext_lazy("main address"),
    "question": gettext_lazy("question"),
    "raw": gettext_lazy("as it stood in the list"),
    "removed_at": gettext_lazy("removed"),
    "source": gettext_lazy("how it came"),
    "user_agent": gettext_lazy("browser"),
    "values": gettext_lazy("as it was read"),
    "verified": gettext_lazy("proved"),
    "via": gettext_lazy("by whose link"),
    "withheld": gettext_lazy("Also written by our staff: it may be about others too. Ask us for it."),
}


@dataclass(frozen=True)
class Fact:
    label: str
    # A word or a number, or an aware moment.
    value: Any
    is_moment: bool = False


@dataclass(frozen=True)
class Section:
    """One kind of what is held: each row a list of facts."""

    title: str
    rows: list[list[Fact]]


@dataclass(frozen=True)
class Plan:
    """What an erasure would take, as [title, number], and in sentences what stays."""

    goes: list[tuple[str, int]]
    stays: list[str]


def ask(address: str, language: str) -> None:
    """Queue a mail with the link, for an address that is clean.

    Whether anything is held is looked up when it is sent: the caller learns nothing, not even from the time it takes.
    Raises hash_key.AnotherKey.
    """
    hash_key.demand()
    with transaction.atomic():
        if limits.may_be_mailed(address, limits.FOR_OWN_DATA):
            mailing.compose(
                Message.Kind.RIGHTS,
                key=f"rights:{secrets.token_hex(16)}",
                to=address,
                language=language,
                expires_at=timezone.now() + tokens.RIGHTS_LAST,
            )


def address_of(token: str) -> str:
    """Whose address a link is for; raises tokens.Tampered, Late, or Ended where it was used to erase.

    And hash_key.AnotherKey, rather than that nothing is found.
    """
    hash_key.demand()
    mails = Message.objects.filter(kind=Message.Kind.RIGHTS)
    message = tokens.read_row(token, tokens.RIGHTS, mails, lasts=tokens.RIGHTS_LAST)
    if not message.mailbox:
        raise tokens.Ended(message)
    return message.to_address


def shown(address: str) -> list[Section]:
    """All that is held of an address, for its owner to read, in the active language."""
    found = []
    for each, rows in held.of(address):
        listed = [_facts(each, row, address) for row in rows]
        if listed:
            found.append(Section(str(each.title), listed))
    return found


def as_data(address: str) -> dict[str, Any]:
    """The same for a program: by the names of tables and columns, moments as ISO 8601 in UTC."""
    return {
        "site": settings.SITE_URL,
        "address": address,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "held": {
            each.model._meta.model_name: [
                dict.fromkeys((*each.shows, *each.withheld), "withheld")
                | {name: _plain(getattr(row, name)) for name in each.shown_of(row, address)}
                for row in rows
            ]
            for each, rows in held.of(address)
        },
    }


def _facts(each: held.Held, row: Any, address: str) -> list[Fact]:
    facts = []
    for name in each.shown_of(row, address):
        value = getattr(row, name)
        if value not in (None, "", [], {}):
            facts.append(Fact(label(each.model, name), _in_words(row, name, value), isinstance(value, datetime)))
    if any(getattr(row, name) for name in each.withheld if name in ("words", "notes", "problems")):
        facts.append(Fact("", str(LABELS["withheld"])))
    return facts


def label(model: type[Model], name: str) -> str:
    """How a column is called, in the active language."""
    said = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    words = str(said)
    return str(LABELS[name]) if words == name.replace("_", " ") and name in LABELS else words


def _in_words(row: Any, name: str, value: Any) -> Any:
    language = get_language() or settings.LANGUAGE_CODE
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, ConsentText):
        return f"{value.words}\n(SHA-256 {value.digest})"
    if isinstance(value, OwnQuestion):
        return value.words_in(language)
    if name == "chosen":
        return row.in_words(language)
    if name == "country":
        return row.country_name
    if name == "raw":
        return "\n".join(f"{column}: {cell}" for column, cell in value if cell)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {told}" for key, told in value.items() if told not in ("", None, [], {}))
    if isinstance(value, Model):
        return _named(value, language)
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else value


def _named(row: Model, language: str) -> str:
    """A statement or an event by its title, anything else as it calls itself."""
    text = getattr(row, "text", None)
    words = text(language) if callable(text) else None
    return words.title if words else str(row)


def _plain(value: Any) -> Any:
    if isinstance(value, ConsentText):
        return {"language": value.language, "words": value.words, "sha256": value.digest}
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


# Correct


def ways_on(address: str) -> list[tuple[str, str]]:
    """Pages on which the person corrects or ends something, as [what it is called, address], by fresh links."""
    language = get_language() or settings.LANGUAGE_CODE
    found = []
    for sign_on in held.sign_ons(address).select_related("statement", "text"):
        if sign_on.state == SignOn.State.UNCONFIRMED and not sign_on.hold_id:
            found.append((sign_on.text.title, reverse("confirm", args=[tokens.make(sign_on, tokens.CONFIRM)])))
        elif sign_on.state in (SignOn.State.CONFIRMED, SignOn.State.ACCEPTED):
            found.append((sign_on.text.title, reverse("manage", args=[tokens.make(sign_on, tokens.MANAGE)])))
    for registration in Registration.objects.at_address(address).standing().select_related("event"):
        own = reverse("registration", args=[tokens.make(registration, tokens.OWN_PLACE)])
        found.append((_named(registration.event, language), own))
    for invitation in Invitation.objects.filter(email__iexact=address).sent().select_related("statement"):
        own = reverse("invitation", args=[tokens.make(invitation, tokens.INVITATION)])
        found.append((_("Invitation: %(title)s") % {"title": _named(invitation.statement, language)}, own))
    if held.accounts(address).exists():
        found.append((_("Your account"), reverse("account")))
    return found


# Object


def wants_mail(address: str) -> bool:
    """Whether news or invitations may still go there."""
    mailbox = addresses.mailbox(address)
    return not (bouncing.is_unsubscribed(mailbox) and bouncing.has_opted_out(mailbox))


@transaction.atomic
def stop_mail(address: str) -> None:
    """No news and no invitations any more; about what its owner does themselves they are still written to."""
    bouncing.unsubscribe(addresses.mailbox(address))
    bouncing.opt_out(addresses.mailbox(address))


MOST_WAITING = 5


def object_to(address: str, words: str, language: str) -> bool:
    """Tell the staff what a person asks about their data; False where several wait already. They see it at the desk."""
    with transaction.atomic():
        limits.hold_mailbox(address)
        if Objection.objects.waiting().filter(email__iexact=address).count() >= MOST_WAITING:
            return False
        Objection.objects.create(email=address, words=words, language=language)
    return True


def settle(objection: Objection, *, by: User) -> bool:
    """Staff have dealt with it; returns whether it waited until now."""
    return bool(Objection.objects.waiting().filter(pk=objection.pk).update(settled_at=timezone.now(), settled_by=by))


# Erase


def plan(address: str) -> Plan:
    """What an erasure of this address would take, and what would stay and why, in the active language."""
    goes = []
    for each, rows in held.of(address):
        number = rows.count()
        if number and each.model not in (Suppression,):
            goes.append((str(each.title), number))
    own = list(held.sign_ons(address).select_related("statement", "organization", "text"))
    stays = [
        _("%(organization)s stays in the list of signatories of “%(title)s”: the organization signed it. "
          "Your name, position and address go.") % {"organization": each.listed_name, "title": each.text.title}
        for each in own if erasing.stays(each)
    ]  # fmt: skip
    letters = erasing.delivered(own).count()
    if letters:
        stays.append(
            ngettext(
                "%(number)s letter that was handed over stays as it was handed over, with the names in it.",
                "%(number)s letters that were handed over stay as they were handed over, with the names in them.",
                letters,
            )
            % {"number": letters}
        )
    opted_out = Suppression.objects.of(addresses.mailbox(address)).exclude(reason=Suppression.Reason.BOUNCED)
    if opted_out.exists():
        stays.append(_("That this mailbox wants no mail stays, or we could not keep to it."))
    if held.accounts(address).filter(is_staff=True).exists():
        stays.append(_("Your staff account, and what was mailed to it, stays. Ask an administrator to close it."))
    stays.append(_("That something was signed, decided, mailed and erased, and when: in codes, without names."))
    return Plan(goes, stays)

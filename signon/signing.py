"""What a signer does: sign, confirm, say "this was not me", withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import RevisionText, Statement
from signon import mailing
from signon.abuse import holding
from signon.abuse.guarding import Suspicion
from signon.casework import doubles
from signon.mail import addresses, asking, limits, waking
from signon.models import Case, ConsentText, LedgerEntry, Message, OwnAnswer, Proposal, SignOn
from signon.models.ledger import NONE, Last, last_of
from signon.models.one_trip import ask, insert
from signon.models.sign_on_queryset import before_signing, confirmation
from signon.naming import names
from signon.privacy import consenting
from signon.questions import own_answers
from signon.statements.doors import Door
from signon.statements.time_to_confirm import end_of_waiting, why_not

State, Act = SignOn.State, LedgerEntry.Act

# What may change without a new version of what waits.
QUIET = {"expires_at", "network", "came_late", "via", "consent_text", "publish_consent_text"}


class NotOpen(Exception):
    """The statement takes no sign-ons at this moment."""


class TextChanged(Exception):
    """The text that was read is no longer the one that would be signed."""


class StatementChanged(TextChanged):
    """Whether and until when the statement takes sign-ons was decided anew after it was read: read it again."""


class TypedAgain(Exception):
    """What waits was typed again after the page was opened: show the newest and ask once more."""


class CannotConfirm(Exception):
    """The sign-on's state, or its statement's, allows no confirmation any more; `reason` is a code for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sign(
    *,
    statement: Statement,
    language: str,
    digest: str = "",
    network: str = "",
    door: Door | None = None,
    suspicion: Suspicion | None = None,
    answers: Sequence[OwnAnswer] = (),
    form: str = ConsentText.Form.SIGN_ON,
    may_be_old: bool = False,
    **typed: Any,
) -> SignOn:
    """Record a sign-on and queue its mail, in one transaction; nothing is sent here.

    `language` is the one that the signer reads (mails come in it; the text signed is the statement's in it, or its
    original). `digest` is of the text that was shown, "" where the caller showed none. `network` is
    addresses.network's name for where it came from, "" where that is not known. `answers` are those to the statement's
    own questions, not saved. `form` says which words stood beside what they agreed to. `typed` are SignOn's fields,
    already clean. Raises NotOpen, and TextChanged.

    A statement that was read for this post decides by what it was then. One that `may_be_old` (read a second ago, for
    all who sign) is compared with what it is now: StatementChanged is raised where it is to be read anew.

    `door` is the personal link by which the signer came, if one was: it may be open where the statement is not. What
    is signed by it after closing may be confirmed until delivery. A sign-on under `suspicion` is held: its mail goes
    out once staff release it, or once it is typed again without one.

    Who signs again gets what waits replaced by what was typed last; who has confirmed for this organization
    already gets a mail that says so. The caller shows the same page in each case and must not tell them apart.
    """
    if not (statement.takes_sign_ons() or (door and door.is_open)):
        raise NotOpen
    text = statement.text(language)
    if text is None or digest not in ("", text.digest):
        raise TextChanged
    fields = _fields(statement, text, language, typed)
    fields |= {"network": network, "came_late": statement.phase() == "closed"}
    for _attempt in range(3):
        try:
            with transaction.atomic():
                key, is_again, may_be_mailed = _begin(statement, fields["email"], may_be_old)
                freeze(text)
                fields["consent_text"] = fields["publish_consent_text"] = consenting.shown(form, language)
                fields["hold"] = holding.standing(statement, suspicion) if suspicion else None
                new = SignOn(pk=key, statement=statement, **fields)
                return _again(new, fields, answers) if is_again else _first(new, answers, may_be_mailed)
        except IntegrityError as error:
            conflict = error  # somebody who holds no mailbox was faster: the row is there now
    raise conflict


def confirm(sign_on: SignOn, *, version: int, **facts: object) -> None:
    """The representative has pressed the button below what they were shown, which was `version`.

    `facts` go to the ledger: ids and codes that say how, where it was not by the mailed link. Confirms once; raises
    CannotConfirm (used, expired, withdrawn, not_me, declined, closed) or TypedAgain.
    """
    with transaction.atomic():
        last = _confirm_as_read(sign_on, version)
        if last is None:  # it may have changed since it was read
            last = _confirm_under_lock(sign_on, version)
            sign_on.refresh_from_db()
        entry = LedgerEntry.objects.following(sign_on, Act.CONFIRMED, last, version=version, **facts)
        insert(entry, Case(sign_on=sign_on), unless_there=[Case])
    transaction.on_commit(lambda: waking.wake("evidence"))


def _confirm_under_lock(sign_on: SignOn, version: int) -> Last:
    """The same of the newest, whose row stays as it is from here on; raises CannotConfirm and TypedAgain."""
    locked = SignOn.objects.select_for_update(of=["self"], no_key=True).select_related("statement")
    for _attempt in range(3):  # its statement may still change
        newest = locked.get(pk=sign_on.pk)
        if reason := why_not(newest):
            raise CannotConfirm(reason)
        if newest.version != version:
            break
        if (last := _confirm_as_read(newest, version)) is not None:
            return last
    raise TypedAgain


def _confirm_as_read(sign_on: SignOn, version: int) -> Last | None:
    """Confirm what was read, if it may be confirmed and nothing that decides has changed; its last ledger entry."""
    if sign_on.version != version or why_not(sign_on):
        return None
    now = timezone.now()
    moved, last, [(is_asked,)] = ask(confirmation(sign_on, now), last_of(sign_on), asking.is_asked(sign_on))
    if not moved:
        return None
    sign_on.state, sign_on.confirmed_at, sign_on.expires_at = State.CONFIRMED, now, None
    if is_asked:
        mailing.cancel(sign_on.messages.filter(kind__in=asking.ASKING))
    return last[0] if last else NONE


def why_ended(sign_on: SignOn) -> str:
    """Why an earlier link of a sign-on does nothing any more, as a code for its page."""
    if not sign_on.email:
        return "erased"
    handed_over = LedgerEntry.objects.filter(sign_on=sign_on, act=LedgerEntry.Act.HANDED_OVER)
    return "handed_over" if handed_over.exists() else "ended"


def this_was_not_me(sign_on: SignOn) -> bool:
    """End an unconfirmed sign-on, its links and its mails; returns whether there was something to end."""
    with transaction.atomic():
        ended = sign_on.move_from(
            [State.UNCONFIRMED],
            State.WITHDRAWN,
            ending=SignOn.Ending.NOT_ME,
            ended_at=timezone.now(),
        )
        if ended:
            mailing.cancel(sign_on.messages.all())
            LedgerEntry.objects.append(sign_on, Act.NOT_ME)
    return ended


def withdraw(
    sign_on: SignOn, *, reason: str = "", ending: str = SignOn.Ending.SIGNER, tells_signer: bool = False
) -> bool:
    """Take a sign-on back: it leaves the list and the counts at once; returns whether it stood until now.

    `ending` says whose act it was: the signer's, or of who says that it was never meant. `tells_signer` mails to who
    had confirmed that it is withdrawn: whoever has one of their mails can do it, and they shall know.
    """
    with transaction.atomic():
        before = SignOn.objects.select_for_update(of=["self"], no_key=True).get(pk=sign_on.pk)
        withdrawn = sign_on.move(
            State.WITHDRAWN,
            same_as=None,
            ending=ending,
            ended_at=timezone.now(),
            withdrawal_reason=reason,
        )
        if withdrawn:
            mailing.cancel(sign_on.messages.all())
            LedgerEntry.objects.append(sign_on, Act.WITHDRAWN, why=LedgerEntry.salted(sign_on, reason))
            sign_on.questions.filter(answered_at=None, dropped_at=None).update(dropped_at=timezone.now())
            sign_on.proposals.open().update(state=Proposal.State.ENDED)
            if tells_signer and before.state != State.UNCONFIRMED:
                mailing.compose(Message.Kind.WITHDRAWN, key=f"withdrawn:{sign_on.pk}", sign_on=sign_on)
            if before.state == State.ACCEPTED:
                doubles.leaves(sign_on, stood_for=before.same_as)
    return withdrawn


def freeze(text: RevisionText) -> None:
    """Freeze what is signed; raises TextChanged if an editor changed it after it was read."""
    if text.frozen_at is None:
        text.freeze()
        if RevisionText.objects.values_list("digest", flat=True).get(pk=text.pk) != text.digest:
            raise TextChanged


def _fields(statement: Statement, text: RevisionText, language: str, typed: dict[str, Any]) -> dict[str, Any]:
    if not typed.get("consent_publish"):
        typed["listing"] = SignOn.Listing.COUNT
    fields = typed | {"text": text, "language": language, "expires_at": end_of_waiting(statement)}
    return fields | SignOn.listed_as(SignOn.name_of(typed), typed.get("listing", SignOn.Listing.NAME))


def _already_signed(statement: Statement, fields: dict[str, Any]) -> SignOn | None:
    """This address' own sign-on for the same organization, once confirmed; another address' is never looked at."""
    signer = fields.get("signer", SignOn.Signer.ORGANIZATION)
    own = SignOn.objects.filter(
        statement=statement,
        email__iexact=fields["email"],
        signer=signer,
        state__in=[State.CONFIRMED, State.ACCEPTED],
    )
    key = names.search_key(fields.get("organization_name", ""))
    return next((known for known in own if names.search_key(known.organization_name) == key), None)


def _begin(statement: Statement, email: str, may_be_old: bool) -> tuple[int, bool, bool]:
    """A key for a new sign-on, whether the address has one already, and whether its mailbox may get one more mail.

    Until the transaction's end nobody else signs with this mailbox: what is asked behind the lock stays true.
    """
    before = before_signing(limits.of_a_mailbox(addresses.mailbox(email)), statement.pk, email)
    if may_be_old and before.deciding != statement.deciding():
        raise StatementChanged
    return before.key, before.is_again, limits.has_room(before.mailed)


def _first(sign_on: SignOn, answers: Sequence[OwnAnswer], may_be_mailed: bool) -> SignOn:
    """Write the first sign-on of an address with its mail: what could stand before it is not looked up."""
    mail = [asking.first_asking(sign_on)] if may_be_mailed and not sign_on.hold_id else []
    insert(sign_on, LedgerEntry.objects.opening(sign_on, Act.SIGNED, **_facts(sign_on)), *mail)
    own_answers.keep(sign_on, answers)
    mailing.wake_after_commit(mail)
    return sign_on


def _again(new: SignOn, fields: dict[str, Any], answers: Sequence[OwnAnswer]) -> SignOn:
    """Replace what this address left unconfirmed, or tell it what it has confirmed, or write it beside what has ended.

    `new` was made of `fields` and is not written yet.
    """
    waiting = SignOn.objects.at_address(new.email).filter(statement=new.statement, state=State.UNCONFIRMED)
    sign_on = waiting.select_for_update(no_key=True).first()
    # Only now, behind the lock: a confirmation at the same moment is either done or waits for us.
    known = _already_signed(new.statement, fields)
    if known:
        asking.tell_already_signed(known)
        return known
    if sign_on is None:
        sign_on = new
        insert(sign_on, LedgerEntry.objects.opening(sign_on, Act.SIGNED, **_facts(sign_on)))
        own_answers.keep(sign_on, answers)
    elif _replace(sign_on, fields, answers):
        LedgerEntry.objects.append(sign_on, Act.TYPED_AGAIN, **_facts(sign_on))
    asking.ask_to_confirm(sign_on)
    return sign_on


def _facts(sign_on: SignOn) -> dict[str, Any]:
    """What the ledger tells of a sign-on as it was typed."""
    return {
        "text": sign_on.text.digest,
        "version": sign_on.version,
        "source": sign_on.source,
        "held": sign_on.hold.reason if sign_on.hold else "",
        "typed": LedgerEntry.typed(sign_on),
    }


def _replace(sign_on: SignOn, fields: dict[str, Any], answers: Sequence[OwnAnswer]) -> bool:
    """Write what was typed last over what waits; its version grows if anything but the end changed."""
    if not fields.get("via"):  # by whose link it came first stays known
        fields = {name: value for name, value in fields.items() if name != "via"}
    if sign_on.hold is None or sign_on.hold.placed_by_id:  # nobody else puts it on hold, or ends what staff placed
        fields = fields | {"hold": sign_on.hold}
    answered = own_answers.replace(sign_on, answers)
    changed = answered or any(getattr(sign_on, name) != value for name, value in fields.items() if name not in QUIET)
    for name, value in fields.items():
        setattr(sign_on, name, value)
    if changed:
        sign_on.version += 1
    sign_on.save()
    return changed

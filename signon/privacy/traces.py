"""Where an address may stand beside its person's own rows: free words, files, sessions, the administration's log."""

from __future__ import annotations

import json
import re
from functools import partial, reduce
from operator import or_
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import JSONField, Model, Q, QuerySet

from signon import jobs
from signon.models import (
    Announcement,
    Attachment,
    Case,
    Comment,
    Export,
    ExportPreset,
    FactorReset,
    HandEntry,
    Import,
    ImportMapping,
    ImportRow,
    Invitation,
    InvitationNote,
    InvitationWords,
    Job,
    Lane,
    LetterPack,
    MailingText,
    Message,
    Network,
    Note,
    Objection,
    OwnAnswer,
    Proposal,
    Question,
    Seat,
    SignOn,
    User,
    Webhook,
)
from signon.models.contact_field import ContactJSON, ContactText
from signon.privacy import contact_keys
from signon.privacy.held import mentions

GONE = "…"
NEVER_CONFIRMED = [SignOn.State.UNCONFIRMED, SignOn.State.EXPIRED, SignOn.State.WITHDRAWN]
# Words that people write about each other, and servers about an address.
WORDS: list[tuple[type[Model], tuple[str, ...]]] = [
    (SignOn, ("decision_reason", "withdrawal_reason", "source_note")),
    (OwnAnswer, ("value",)),
    (Note, ("words",)),
    (Question, ("words", "answer")),
    (HandEntry, ("vouched_by",)),
    (Comment, ("words", "answer")),
    (Invitation, ("reason", "question")),
    (InvitationNote, ("words",)),
    (Seat, ("words", "reason")),
    (Objection, ("words",)),
    (LetterPack, ("delivered_how",)),
    (Message, ("answer", "subject", "body")),
    (Announcement, ("answer",)),
    (Job, ("problem",)),
    (Proposal, ("reason",)),
    (FactorReset, ("why",)),
    (MailingText, ("subject", "body")),
    (Attachment, ("name",)),
    (Import, ("file_name", "source", "sheet")),
    (ImportRow, ("why",)),
    (ExportPreset, ("name",)),
    (Invitation, ("perhaps_why",)),
    (InvitationWords, ("words",)),
    (Network, ("name", "source")),
    (Lane, ("why",)),
    (Webhook, ("why",)),
]
# The same, in lists and in what was chosen.
TOLD: list[tuple[type[Model], str]] = [
    (Message, "history"),
    (Announcement, "history"),
    (Export, "choice"),
    (ExportPreset, "choice"),
    (Invitation, "notes"),
    (Invitation, "problems"),
    (ImportRow, "notes"),
    (ImportRow, "left"),
    # The head of a column may be its first row.
    (Import, "mapping"),
    (ImportMapping, "mapping"),
    (Case, "findings"),
]


def blot(address: str) -> int:
    """Take the address out of whatever anybody wrote anywhere; returns in how many rows it stood.

    Each table is read once, whole: no index finds an address in the midst of words.
    """
    pattern = re.compile(mentions(address), re.IGNORECASE)
    return sum(_blot(model, fields, address, pattern) for model, fields in columns().items())


def columns() -> dict[type[Model], list[str]]:
    """All of WORDS and TOLD by their tables."""
    found: dict[type[Model], list[str]] = {}
    for model, names in [*WORDS, *((model, (name,)) for model, name in TOLD)]:
        found.setdefault(model, []).extend(names)
    return found


def _blot(model: type[Model], fields: list[str], address: str, pattern: re.Pattern[str]) -> int:
    # The pattern decides; to look for the plain words first takes the database a fraction of the time.
    asked = [Q(**{f"{field}__icontains": address}) for field in fields]
    if contact_keys.may_be_sealed():  # the database cannot read these, so all that are encrypted are opened
        sealed = [each for each in fields if isinstance(model._meta.get_field(each), ContactText | ContactJSON)]
        asked += [Q(**{f"{field}__contains" if _is_text(model, field) else f"{field}__icontains": contact_keys.PREFIX})
                  for field in sealed]  # fmt: skip
    is_message, found = model is Message, 0
    if is_message:
        asked.append(Q(key__icontains=address))
    rows = model._default_manager.filter(reduce(or_, asked)).order_by()
    names = [*fields, *(["key"] if is_message else [])]
    for pk, *cells in rows.values_list("pk", *names).iterator(chunk_size=2000):
        changed = {name: _without(cell, pattern, address) for name, cell in zip(fields, cells, strict=False)}
        changed = {name: new for (name, new), old in zip(changed.items(), cells, strict=False) if new != old}
        if is_message and pattern.search(cells[-1]):
            changed["key"] = f"erased:{pk}"
        if changed:
            found += model._default_manager.filter(pk=pk).update(**changed)
    return found


def _is_text(model: type[Model], field: str) -> bool:
    return not isinstance(model._meta.get_field(field), JSONField)


def _without(cell: Any, pattern: re.Pattern[str], address: str) -> Any:
    words = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
    if address.lower() not in words.lower():  # in most, and far cheaper to see than by the pattern
        return cell
    blotted = pattern.sub(GONE, words)
    return blotted if isinstance(cell, str) else json.loads(blotted)


def forget_in_log(rows: list[Model], names: set[str], address: str) -> None:
    """Blank how the administration's log called these rows, and where it names one of these people.

    `names` are whole words of what a row is called, and looked for nowhere else: a stranger may be called anything.
    What staff did with accounts of staff stays.
    """
    pattern = mentions(address)
    about = Q(object_repr__iregex=pattern) | Q(change_message__iregex=pattern)
    for row in rows:
        about |= Q(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    for name in names:
        about |= Q(object_repr__iregex=rf"(^|\W){re.escape(name)}($|\W)")
    _log().filter(about).update(object_repr=GONE, change_message="")


def _log() -> QuerySet[LogEntry]:
    staff = [str(pk) for pk in User.objects.filter(is_staff=True).values_list("pk", flat=True)]
    return LogEntry.objects.exclude(content_type=ContentType.objects.get_for_model(User), object_id__in=staff)


def end_sessions(address: str, accounts: list[User]) -> int:
    """End the sessions of these accounts, and those in which somebody just typed the address; returns how many."""
    numbers, ended = {str(user.pk) for user in accounts}, 0
    for session in Session.objects.iterator():
        told = session.get_decoded()
        if str(told.get("_auth_user_id")) in numbers or address.lower() in json.dumps(told, default=str).lower():
            session.delete()
            ended += 1
    return ended


def drop_exports(sign_ons: list[SignOn], events: set[int]) -> int:
    """Delete the files of lists in which one of these may stand; what is being made is made anew.

    What nobody ever confirmed stands in a list alone that asked for such. Who asked for one may ask again. Returns how
    many files went.
    """
    statements = {each.statement_id for each in sign_ons}
    known = {each.statement_id for each in sign_ons if each.confirmed_at or each.decided_at}
    campaigns = set(Export.objects.filter(campaign__statements__in=statements).values_list("campaign", flat=True))
    holding = Export.objects.filter(
        Q(statement__in=statements) | Q(campaign__in=campaigns) | Q(statement=None, campaign=None)
    )
    if not known and not events:
        asked_for = reduce(or_, (Q(choice__states__contains=[str(state)]) for state in NEVER_CONFIRMED))
        holding = holding.filter(asked_for)
    if not statements and not events:
        return 0
    for job in Job.objects.filter(
        kind__in=[Job.Kind.EXPORT, Job.Kind.ARCHIVE], subject__in=holding, state__in=["waiting", "running"]
    ):
        jobs.begin_again(job)
    made = list(holding.exclude(file="").select_for_update(of=["self"]))
    for export in made:
        transaction.on_commit(partial(export.file.storage.delete, str(export.file.name)))
    Export.objects.filter(pk__in=[each.pk for each in made]).update(file="")
    return len(made)

"""How a statement's text comes to be and is changed: begun, written in each language, amended once it was signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.text import slugify

from campaigns.models import Campaign, Revision, RevisionText, Statement

# What saving does to a text.
IN_PLACE, REPLACES, REVISES = "in_place", "replaces", "revises"
# What one statement does not take from another: its name in addresses, its state, and every moment of its life.
OWN = ("id", "slug", "state", "campaign", "opens_by_itself")


class Delivered(Exception):
    """The statement was handed over: what stands under its names stays, in every language that somebody signed."""


class Conflict(Exception):
    """The text was changed since it was read; `current` is what stands there now, None where it is gone."""

    def __init__(self, current: RevisionText | None) -> None:
        super().__init__()
        self.current = current


class NotAgreed(Exception):
    """It was signed: saving replaces it, or makes a new revision, and nobody said yes to that."""


def mark_of(text: RevisionText | None) -> str:
    """What an editor's page carries to say which words it showed; those too that its digest does not hold."""
    if text is None:
        return "new"
    words = "\0".join([str(text.pk), text.title, text.lead, text.body, text.addressee])
    return hashlib.sha256(words.encode()).hexdigest()


def consequence(text: RevisionText | None) -> str:
    """What saving other words does: IN_PLACE, REPLACES (a signed translation) or REVISES (a signed original)."""
    if text is None or text.frozen_at is None:
        return IN_PLACE
    return REVISES if text.is_original else REPLACES


@transaction.atomic
def begin(
    *, title: str, campaign: Campaign | None, language: str, languages: Iterable[str] = (), body: str = "",
    lead: str = "", addressee: str = "", like: Statement | None = None, leaving: Iterable[str] = (),
) -> Statement:  # fmt: skip
    """A new draft with its first text; `like` is an earlier statement whose settings and words it begins with.

    `leaving` names settings that are not taken over. Nothing that signers did, and no moment, comes along.
    """
    wanted = [each for each in dict.fromkeys(languages) if each != language]
    made = Statement(campaign=campaign, addressee=addressee, languages=wanted, slug=_free_slug(title))
    if like is not None:
        for field in Statement._meta.concrete_fields:
            moment = isinstance(field, models.DateTimeField)
            if not moment and field.name not in (*OWN, *leaving, "languages", "addressee"):
                setattr(made, field.attname, getattr(like, field.attname))
        made.addressee = addressee or like.addressee
    made.save()
    revision = Revision.objects.create(statement=made, number=1, original_language=language)
    earlier = like.revision.current_texts if like is not None and like.revision else []
    for text in earlier:
        words = {"title": title if text.language == language else text.title, "lead": text.lead, "body": text.body}
        if like is not None and made.addressee == like.addressee:  # to somebody else it is to be said anew
            words["addressee"] = text.addressee
        RevisionText(revision=revision, language=text.language).write(**words)
    if language not in {text.language for text in earlier}:
        RevisionText(revision=revision, language=language).write(title=title, lead=lead, body=body)
    return made


@transaction.atomic
def save(
    statement: Statement, language: str, *, title: str, lead: str, body: str, seen: str, agreed: bool = False,
    addressee: str = "",
) -> RevisionText:  # fmt: skip
    """Write a text of the newest revision; `seen` is `mark_of` what the editor's page showed.

    Unsigned texts change in place, a signed translation is replaced, a signed original begins a new revision, whose
    translations are to be written anew: each is of an earlier text. A lead alone is no amendment, nor is an addressee
    that a translation did not have; another one is. Raises Conflict, NotAgreed where a signed text would change and
    `agreed` is not said, and Delivered where it must not any more.
    """
    # Two who save at once come one after the other, and the second has a conflict; signers are not held up.
    statement = Statement.objects.select_for_update(no_key=True).get(pk=statement.pk)
    revision = Revision.objects.filter(statement=statement).order_by("-number").first()
    if revision is None:
        original = language or settings.LANGUAGE_CODE
        revision = Revision.objects.create(statement=statement, number=1, original_language=original)
    current = RevisionText.objects.select_for_update(of=["self"], no_key=True).select_related("revision")
    text = current.filter(revision=revision, language=language, replaced_at=None).first()
    if mark_of(text) != seen:
        raise Conflict(text)
    words = {"title": title, "lead": lead, "body": body}
    words["addressee"] = "" if language == revision.original_language else addressee.strip()
    if text is None:
        text = RevisionText(revision=revision, language=language)
        text.write(**words)
        return text
    if text.frozen_at is None:
        text.write(**words)
        return text
    if (text.title, text.body) == (title, body) and text.addressee in ("", words["addressee"]):
        text.lead, text.addressee = lead, words["addressee"]
        RevisionText.objects.filter(pk=text.pk).update(lead=lead, addressee=text.addressee)
        return text
    if statement.state in (Statement.State.DELIVERED, Statement.State.ANSWERED):
        raise Delivered
    if not agreed:
        raise NotAgreed
    return _revise(revision, language, words) if text.is_original else text.mend(**words)


def choose_languages(statement: Statement, languages: Iterable[str]) -> None:
    """Say in which languages, beside the original's, it is to be read; a text that is there already stays."""
    original = statement.revision.original_language if statement.revision else settings.LANGUAGE_CODE
    statement.languages = [each for each in dict.fromkeys(languages) if each != original]
    Statement.objects.filter(pk=statement.pk).update(languages=statement.languages)


def earlier_text(statement: Statement, language: str) -> RevisionText | None:
    """A translation of the revision before, to begin a new one with where the newest has none in this language."""
    texts = RevisionText.objects.filter(revision__statement=statement, language=language, replaced_at=None)
    return texts.select_related("revision").order_by("-revision__number").first()


def _revise(revision: Revision, language: str, words: dict[str, Any]) -> RevisionText:
    following = Revision.objects.create(
        statement=revision.statement, number=revision.number + 1, original_language=revision.original_language
    )
    text = RevisionText(revision=following, language=language)
    text.write(**words)
    return text


def _free_slug(title: str) -> str:
    base = slugify(title)[:80].strip("-") or "statement"
    # The desk's page for a new statement stands where that of a statement called "new" would.
    taken = {"new", *Statement.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.sign_on import SignOn

# A form with more is not filled in.
MOST = 10
MOST_CHOICES = 12


class OwnQuestionQuerySet(ReachedQuerySet["OwnQuestion"]):
    def asked(self) -> OwnQuestionQuerySet:
        """Those that the form has now, in its order."""
        return self.filter(removed_at=None).order_by("place", "pk")


class OwnQuestion(models.Model):
    """One thing that a statement asks of whoever signs it. Frozen once somebody answered it (a trigger keeps that).

    A change of an answered one is a row that replaces it; the answers stay with the words that were answered.
    """

    class Kind(models.TextChoices):
        SHORT = "short", _("A short text, in one line")
        LONG = "long", _("A longer text")
        ONE = "one", _("One of several choices")
        SEVERAL = "several", _("Any of several choices")
        YES_NO = "yes_no", _("Yes or no")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="own_questions", verbose_name=_("statement"))
    kind = models.CharField(_("kind of answer"), max_length=7, choices=Kind)
    # {language: the question}; in the original's language always.
    words = models.JSONField(_("question"), default=dict)
    # [{language: the choice}]: its key in answers is its place in this list, "0", "1", …
    choices = models.JSONField(_("choices"), default=list, blank=True)
    required = models.BooleanField(_("must be answered"), default=False)
    # Public answers may stand in a letter; private ones are read by staff who may see contacts, and by nobody else.
    public = models.BooleanField(_("public"), default=False)
    # "Why we sign": its answers are quotes, which stand on the statement's page once staff accept them.
    is_quote = models.BooleanField(_("its answers are quotes"), default=False)
    # Which of the ten a statement may have it is; its order on the form is `place`.
    slot = models.PositiveSmallIntegerField(editable=False)
    place = models.PositiveSmallIntegerField(default=0, editable=False)
    replaces = models.ForeignKey("self", models.PROTECT, related_name="later", null=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(_("first answered"), null=True, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)

    objects = OwnQuestionQuerySet.as_manager()

    @staticmethod
    def asked_of(statement: Statement) -> list[OwnQuestion]:
        """Those that a statement's form has now, in its order; without a query where all were read along with it."""
        if "own_questions" not in getattr(statement, "_prefetched_objects_cache", {}):
            return list(statement.own_questions.asked())
        asked = (each for each in statement.own_questions.all() if each.removed_at is None)
        return sorted(asked, key=lambda each: (each.place, each.pk))

    class Meta:
        ordering = ["statement", "place", "pk"]
        verbose_name = _("own question")
        verbose_name_plural = _("own questions")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "slot"],
                condition=Q(removed_at__isnull=True),
                name="a_question_has_a_slot_of_its_own",
            ),
            models.CheckConstraint(
                name="a_statement_asks_ten_questions_at_most", condition=Q(slot__gte=1, slot__lte=MOST)
            ),
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(removed_at__isnull=True, is_quote=True),
                name="a_statement_asks_once_why_they_sign",
            ),
            models.CheckConstraint(
                name="a_quote_is_public_words", condition=Q(is_quote=False) | Q(public=True, kind__in=["short", "long"])
            ),
            models.CheckConstraint(
                name="only_questions_with_choices_have_some",
                condition=Q(kind__in=["one", "several"]) ^ Q(choices=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.words_in("")

    @property
    def is_text(self) -> bool:
        return self.kind in (self.Kind.SHORT, self.Kind.LONG)

    def words_in(self, language: str) -> str:
        """The question in this language, else in the original's (the first that was written)."""
        return _in(self.words, language)

    def missing_in(self, languages: Iterable[str]) -> list[str]:
        """Those of these languages whose readers get the original's words."""
        says = [self.words, *self.choices]
        return [language for language in languages if not all(words.get(language) for words in says)]

    def choices_in(self, language: str) -> list[tuple[str, Any]]:
        """Keys and words of what can be chosen; nothing where words are written."""
        if self.kind == self.Kind.YES_NO:
            return [("yes", _("Yes")), ("no", _("No"))]
        return [(str(place), _in(choice, language)) for place, choice in enumerate(self.choices)]


def _in(words: dict[str, str], language: str) -> str:
    """JSON objects keep no order in PostgreSQL: which is the original's is said under the key ""."""
    own = words.get(language) if language else ""
    return own or words.get(words.get("", "")) or next((w for key, w in words.items() if key and w), "")


class OwnAnswerQuerySet(ReachedQuerySet["OwnAnswer"]):
    ways = ("question__statement__campaign",)

    def public(self) -> OwnAnswerQuerySet:
        """Those that others may read: neither quotes nor corrected words before staff let them stand."""
        needs_no_look = Q(question__is_quote=False, corrected_at=None)
        return self.filter(needs_no_look | Q(quote=OwnAnswer.Quote.ACCEPTED), question__public=True)

    def to_look_at(self) -> OwnAnswerQuerySet:
        """Quotes and corrected public words that will be read, of what is confirmed or accepted."""
        corrected = Q(question__public=True, corrected_at__isnull=False, sign_on__listing=SignOn.Listing.NAME)
        needs_a_look = Q(question__is_quote=True) | corrected
        standing = [SignOn.State.CONFIRMED, SignOn.State.ACCEPTED]
        return self.filter(needs_a_look, sign_on__state__in=standing, sign_on__same_as=None)


class OwnAnswer(models.Model):
    """What one sign-on answers to one question; erased with the sign-on's other words."""

    class Quote(models.TextChoices):
        WAITING = "waiting", _("To be looked at")
        ACCEPTED = "accepted", _("Shown")
        REFUSED = "refused", _("Not shown")

    PERSONAL_DATA: ClassVar[set[str]] = {"value", "chosen"}

    sign_on = models.ForeignKey(SignOn, models.CASCADE, related_name="own_answers")
    question = models.ForeignKey(OwnQuestion, models.PROTECT, related_name="answers")
    # Words, for questions that take words; keys of its choices, for all others.
    value = models.TextField(_("answer"), blank=True, max_length=4000)
    chosen = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    # Of quotes, and of public words that were corrected: whether staff let them stand.
    quote = models.CharField(_("as a quote"), max_length=8, choices=Quote, default=Quote.WAITING, editable=False)
    quote_at = models.DateTimeField(null=True, editable=False)
    quote_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    # Of public words alone: when the representative put others in their place, after confirming.
    corrected_at = models.DateTimeField(_("corrected"), null=True, editable=False)

    objects = OwnAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["sign_on", "question__place", "question"]
        verbose_name = _("answer to an own question")
        verbose_name_plural = _("answers to own questions")
        constraints = [
            models.UniqueConstraint(fields=["sign_on", "question"], name="a_sign_on_answers_a_question_once"),
            models.CheckConstraint(
                name="a_decision_on_a_quote_has_who_and_when",
                condition=Q(quote="waiting") | Q(quote_at__isnull=False, quote_by__isnull=False),
            ),
            models.CheckConstraint(name="an_answer_says_something", condition=~Q(value="", chosen=[])),
        ]
        indexes = [models.Index("question", "quote_at", name="quotes_by_question", condition=Q(quote="accepted"))]

    def __str__(self) -> str:
        return self.value or ", ".join(self.chosen)

    @property
    def waits(self) -> bool:
        """Whether others may read it once staff let it stand."""
        needs_a_look = self.question.is_quote or (self.question.public and self.corrected_at is not None)
        return needs_a_look and self.quote == self.Quote.WAITING

    def in_words(self, language: str) -> str:
        """The answer as it is read, several choices joined by "; "."""
        if self.question.is_text:
            return self.value
        words = dict(self.question.choices_in(language))
        return "; ".join(str(words[key]) for key in words if key in self.chosen)

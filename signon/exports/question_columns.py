"""The columns of a statement's own questions in its lists: one each, under the words that were asked (decision 37)."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import F, Func, JSONField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce

from signon.models import OwnAnswer, OwnQuestion
from signon.resources import Column, ContactResource, SignatoryResource, told

# The words of what was chosen, in the order in which it was offered, as one text.
_CHOSEN = (
    "(SELECT string_agg(given.words ->> choice, '; ' ORDER BY length(choice), choice)"
    " FROM (SELECT %(expressions)s) AS given(words, chosen), unnest(given.chosen) AS choice)"
)


def resource_of(statement: str, *, contacts: bool) -> type[SignatoryResource]:
    """The columns of a list of one statement (its short name), with its own questions; one query.

    Private answers, answers of who stands without a name, and quotes and corrected words that nobody accepted are in
    it only with contacts. A list of all statements ("") has no such columns.
    """
    resource = ContactResource if contacts else SignatoryResource
    asked = _questions(statement) if statement else OwnQuestion.objects.none()
    columns: dict[str, Column] = {}
    taken = {str(column.column_name) for column in resource.columns().values()}
    for question in asked if contacts else asked.filter(public=True):
        heading = _free(" ".join(question.words_in("").split()), taken)
        expression = _answer(question) if contacts else told(_answer(question, shown=True))
        columns[f"question_{question.pk}"] = Column(
            f"question_{question.pk}", expression, typed=True, heading=heading, private=not question.public
        )
    made: Any = type(resource)  # import-export's own, which gathers the columns
    return made(resource.__name__, (resource,), columns) if columns else resource


def _questions(statement: str) -> QuerySet[OwnQuestion]:
    """What is asked now, and what was asked and answered before."""
    found = OwnQuestion.objects.filter(statement__slug=statement)
    return found.filter(Q(removed_at=None) | Q(frozen_at__isnull=False)).order_by(
        F("removed_at").asc(nulls_first=True), "place", "pk"
    )


def _free(words: str, taken: set[str]) -> str:
    """A heading that no other column has: programs that read a list know columns by their headings."""
    number, heading = 1, words
    while heading in taken:
        number += 1
        heading = f"{words} ({number})"
    taken.add(heading)
    return heading


def _answer(question: OwnQuestion, *, shown: bool = False) -> Any:
    answers = OwnAnswer.objects.filter(sign_on=OuterRef("pk"), question=question.pk)
    if shown:
        answers = answers.public()
    if question.is_text:
        found: Any = answers.values("value")
    else:
        words = json.dumps({key: str(choice) for key, choice in question.choices_in("")})
        chosen = Func(Cast(Value(words), JSONField()), F("chosen"), template=_CHOSEN, output_field=TextField())
        found = answers.annotate(words=chosen).values("words")
    return Coalesce(Subquery(found.order_by()[:1]), Value(""), output_field=TextField())

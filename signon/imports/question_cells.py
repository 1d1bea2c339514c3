"""Cells of an imported list as answers to a statement's own questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from campaigns.models import Statement
from signon.imports import columns
from signon.imports.rows import Row
from signon.imports.tables import Table
from signon.models import OwnAnswer, OwnQuestion
from signon.naming import names
from signon.naming.names import search_key

Asked = dict[str, OwnQuestion]
LONGEST = 4000  # characters of a text
_YES = {"yes", "y", "true", "1", "x", "oui", "si", "نعم"}
_NO = {"no", "n", "false", "0", "non", "لا"}


def asked(statement: Statement) -> Asked:
    """The questions that the statement asks now, by the name of a column's field; one query."""
    return {f"question_{each.pk}": each for each in statement.own_questions.asked()}


def labels(questions: Asked) -> dict[str, str]:
    """The fields as a form offers them, after those of columns.FIELDS."""
    return {name: question.words_in("") for name, question in questions.items()}


def told(table: Table, known: Mapping[str, str] | None, questions: Asked) -> dict[str, str]:
    """What was told of a table's columns, and questions for columns that are called as one is asked.

    Raises columns.Unreadable for a question that this statement does not ask.
    """
    said = dict(known or {})
    columns.check_questions(said.values(), questions)
    if not questions:
        return said
    found = columns.find(table, said)
    headings = {search_key(words): name for name, each in questions.items() for key, words in each.words.items() if key}
    for cell in found.header:
        name = headings.get(search_key(cell), "")
        if name and not columns.told_as(cell, said) and name not in said.values():
            said[cell] = name
    return said


def read(rows: Iterable[Row], questions: Asked) -> None:
    """Make answers of what stands in the cells; what is none is left out, and the row says so."""
    for row in rows:
        answers: dict[str, Any] = {}
        for name, printed in row.answers.items():
            question = questions.get(name)
            answer = _answer(question, printed) if question else None
            if answer:
                answers[name] = answer
            elif question:
                row.note("no_answer", printed=printed[:100], question=question.words_in(""))
        row.answers = answers


def answers_of(values: Mapping[str, Any]) -> list[OwnAnswer]:
    """The answers of a row that is kept, not saved and of no sign-on yet."""
    return [
        OwnAnswer(question_id=int(name.removeprefix("question_")), **answer)
        for name, answer in values.get("answers", {}).items()
    ]


def _answer(question: OwnQuestion, printed: str) -> dict[str, Any] | None:
    if question.is_text:
        try:
            words = names.clean(printed, multiline=True, links=not question.public)
        except names.Refused:
            return None
        return {"value": words, "chosen": []} if 0 < len(words) <= LONGEST else None
    if question.kind == OwnQuestion.Kind.YES_NO:
        key = search_key(printed)
        return {"value": "", "chosen": ["yes" if key in _YES else "no"]} if key in _YES | _NO else None
    known = {
        search_key(words): str(place)
        for place, choice in enumerate(question.choices)
        for language, words in choice.items()
        if language
    }
    several = question.kind == OwnQuestion.Kind.SEVERAL
    parts = re.split(r"\s*[;\n]\s*", printed) if several and search_key(printed) not in known else [printed]
    chosen = [known.get(search_key(part), "") for part in parts if part.strip()]
    return {"value": "", "chosen": sorted({*chosen})} if chosen and all(chosen) else None

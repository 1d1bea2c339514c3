"""What indexes of words hold, and what is asked of them (signon.site.word_search)."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, Value


class Words(Func):
    """Each word of a search key, and each of words that have none, in lower case (the database's own function)."""

    function = "signon_words"

    def __init__(self, search_key: str, *others: str, **extra: Any) -> None:
        also: list[Any] = [F(each) for each in others] or [Value("")]
        super().__init__(F(search_key), *also, **extra)

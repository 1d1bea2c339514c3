"""Which figures are kept, because what they count is large; a worker counts them again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef

from campaigns.models import Statement
from signon.figures import kept, numbers, public_numbers
from signon.figures.kept import MOST_COUNTED
from signon.finding import directory
from signon.mail import reaffirming
from signon.models import SignOn


def renew() -> int:
    """Count again what is due, of each large statement and of a large directory; returns how many were counted."""
    beyond = slice(MOST_COUNTED, MOST_COUNTED + 1)
    large: dict[str, Callable[[], Any]] = {}
    own = SignOn.objects.filter(statement=OuterRef("pk")).order_by()
    for statement in Statement.objects.filter(Exists(own[beyond])).order_by("pk"):
        large[public_numbers.name_of(statement)] = partial(public_numbers.count, statement)
        large[numbers.name_of(statement)] = partial(numbers.count, statement)
        if reaffirming.is_amended(statement):
            large[reaffirming.name_of(statement)] = partial(reaffirming.count, statement)
    if directory.stands().order_by()[beyond].exists():
        large[directory.FIGURES] = directory.count
    return kept.renew(large)

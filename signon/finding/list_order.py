"""The order of the public list, and places in it: after a signatory, before one, or where a letter begins.

Each page is found by the key of its edge, in an index that has this order: the last costs what the first does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, QuerySet, TextField, Value
from django.db.models.lookups import GreaterThan, LessThan

from signon.models import SignOn
from signon.models.sign_on import BEHIND
from signon.naming import names

ORDER = ("convener_place", "listing", "sort_key", "pk")
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
# Greek stands first after Latin in the order of all scripts (ICU's root collation).
OTHER_ALPHABETS = "α"


@dataclass(frozen=True)
class Place:
    """A place in the list, which need not be anybody's."""

    convener_place: int
    listing: str
    sort_key: str
    pk: int

    @classmethod
    def of(cls, sign_on: SignOn) -> Place:
        return cls(sign_on.convener_place, sign_on.listing, sign_on.sort_key, sign_on.pk)

    @classmethod
    def before_letter(cls, letter: str) -> Place:
        """Just before the first name that begins with it, in either case and with any accent."""
        return cls(BEHIND, SignOn.Listing.NAME, names.sort_key(letter.lower()), 0)


def letters(language: str) -> list[str]:
    """The letters that a page in this language jumps to; other alphabets' names stand behind them."""
    return [*(_ARABIC if language == "ar" else ""), *_LATIN]


def is_letter(text: str) -> bool:
    """Whether a page in some language jumps to it."""
    return len(text) == 1 and text in f"{_LATIN}{_ARABIC}{OTHER_ALPHABETS}"


def ordered(sign_ons: QuerySet[SignOn]) -> QuerySet[SignOn]:
    """In the list's order: conveners, then those without a name, so that their place tells nothing, then all others."""
    return sign_ons.order_by(*ORDER)


def following(sign_ons: QuerySet[SignOn], place: Place | None, size: int) -> tuple[list[SignOn], bool]:
    """The `size` sign-ons after a place, and whether there are more; None: from the beginning."""
    after = sign_ons.filter(GreaterThan(_KEY, _key_of(place))) if place else sign_ons
    found = list(ordered(after)[: size + 1])
    return found[:size], len(found) > size


def preceding(sign_ons: QuerySet[SignOn], place: Place, size: int) -> tuple[list[SignOn], bool]:
    """The `size` sign-ons before a place, in the list's order, and whether there are more before them."""
    before = sign_ons.filter(LessThan(_KEY, _key_of(place)))
    found = list(before.order_by(*(f"-{name}" for name in ORDER))[: size + 1])
    return found[:size][::-1], len(found) > size


class Row(Func):
    """A row of values, compared one after the other as an index with these columns has them."""

    template = "(%(expressions)s)"
    output_field = TextField()


_KEY = Row(*(F(name) for name in ORDER))


def _key_of(place: Place) -> Row:
    texts: list[Any] = [Value(text, CharField()) for text in (place.listing, place.sort_key)]
    return Row(Value(place.convener_place), *texts, Value(place.pk))

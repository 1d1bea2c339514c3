"""Which photos stand on the front page, and in which order: numbered from 1 without a gap."""

from __future__ import annotations

from django.db import transaction

from campaigns.models import Photo


def place(photo: Photo) -> None:
    """Put it among them, last."""
    with transaction.atomic():
        order = _order()
        if photo.pk not in order:
            _number([*order, photo.pk])


def take_away(photo: Photo) -> None:
    """Leave it out; the photo itself stays."""
    with transaction.atomic():
        order = _order()
        Photo.objects.filter(pk=photo.pk).update(front_place=None)
        _number([each for each in order if each != photo.pk])


def move(photo: Photo, by: int) -> None:
    """Let it change places with its neighbor: -1 is up, 1 is down; nothing happens at an end."""
    with transaction.atomic():
        order = _order()
        if photo.pk not in order:
            return
        at = order.index(photo.pk)
        to = at + by
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
            _number(order)


def _order() -> list[int]:
    """As they stand; whoever changes them at the same time waits."""
    standing = Photo.objects.filter(front_place__isnull=False).order_by("front_place", "pk")
    return list(standing.select_for_update().values_list("pk", flat=True))


def _number(order: list[int]) -> None:
    for number, pk in enumerate(order, 1):
        Photo.objects.filter(pk=pk).exclude(front_place=number).update(front_place=number)

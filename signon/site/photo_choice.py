"""A photo is chosen by looking at it: radio buttons as cards, for the mouse, for the keyboard, and without script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language

from campaigns.models import Photo


class PhotoChoice(forms.RadioSelect):
    """Drawn by templates/components/photo_choice.html."""


def as_cards(field: Any, none: str | Promise) -> None:
    """Let a form's field offer every photo, the newest first, and before them none of them, under this name."""
    field.queryset = Photo.objects.prefetch_related("words")
    field.label_from_instance = _name
    field.empty_label = none
    field.widget = PhotoChoice()
    field.widget.is_required = field.required
    field.widget.choices = field.choices


def _name(photo: Photo) -> str:
    text = photo.text(get_language())
    return str(text.caption or text.alt) if text else photo.key

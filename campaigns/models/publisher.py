from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.language import InALanguage
from campaigns.models.photo import Photo
from campaigns.models.statement import Statement, check_zone

_COLOR = RegexValidator(r"^#[0-9a-f]{6}$", _("A color as #66288c."))


def name_of_the_settings() -> str:
    """What the network is called until somebody says so at the desk."""
    return str(settings.NETWORK_NAME)


class Publisher(models.Model):
    """The network that this installation serves: one row, what its own settings page holds."""

    # Public by its purpose, and no person's: nothing to erase, but declared as every address is.
    PERSONAL_DATA = frozenset({"contact"})

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=200, default=name_of_the_settings)
    logo = models.ForeignKey(Photo, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("logo"))
    # One color, for day and for night; empty: the one that tokens.css has.
    accent = models.CharField(_("color"), max_length=7, blank=True, validators=[_COLOR])
    accent_dark = models.CharField(_("color at night"), max_length=7, blank=True, validators=[_COLOR])
    contact = models.EmailField(_("address for questions"), blank=True)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    featured = models.ForeignKey(
        Statement,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("statement on the front page"),
    )  # fmt: skip
    # {"TW": {"en": "…"}}: where the network's choice differs from CLDR's names.
    country_names = models.JSONField(_("names of countries"), default=dict, blank=True)

    class Meta:
        verbose_name = _("network")
        verbose_name_plural = _("network")
        constraints = [models.CheckConstraint(name="there_is_one_publisher", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.name

    def text(self, language: str | None = None) -> Any:
        """Its words in `language`, or in the installation's first; None while nothing is written."""
        texts = {text.language: text for text in self.words.all()}
        return texts.get(language or "") or texts.get(settings.LANGUAGE_CODE)


class PublisherWords(InALanguage, models.Model):
    """What the network says of itself in one language, on the front page."""

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="words")
    language = models.CharField(_("language"), max_length=12)
    tagline = models.CharField(_("in one line"), max_length=200, blank=True)
    about = models.TextField(_("what the network is"), blank=True, help_text=_("Markdown, a few sentences."))

    class Meta:
        verbose_name = _("network’s words")
        verbose_name_plural = _("network’s words")
        constraints = [
            models.UniqueConstraint(fields=["publisher", "language"], name="a_publisher_has_its_words_once_a_language"),
        ]

    def __str__(self) -> str:
        return self.tagline or self.language

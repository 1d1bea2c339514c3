from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ConsentText(models.Model):
    """One version of the words that people agree to, in one language, as a form showed them.

    Only added to: what a consent points to stays as it was (a trigger refuses the rest).
    """

    class Form(models.TextChoices):
        SIGN_ON = "sign_on", pgettext_lazy("form", "Sign-on")
        SEAT = "seat", pgettext_lazy("form", "Sign-on with an account")
        REPRESENT = "represent", pgettext_lazy("form", "Another representative")
        PROFILE = "profile", pgettext_lazy("form", "Profile of an organization")
        REGISTRATION = "registration", pgettext_lazy("form", "Registration for an event")

    form = models.CharField(_("form"), max_length=12, choices=Form)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    # The sentences, one a line.
    words = models.TextField(_("words"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    first_shown_at = models.DateTimeField(_("first agreed to"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("words of a consent")
        verbose_name_plural = _("words of consents")
        constraints = [
            models.UniqueConstraint(fields=["form", "language", "digest"], name="words_of_a_consent_stand_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()}, {self.language}, {self.digest[:12]}"

    @staticmethod
    def digest_of(language: str, words: str) -> str:
        """SHA-256 of the language, an empty line and the sentences."""
        return hashlib.sha256(f"{language}\n\n{words}".encode()).hexdigest()

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet

if TYPE_CHECKING:
    pass

_CODE = r"[a-z0-9]+(?:-[a-z0-9]+)*"
CODE = RegexValidator(rf"\A{_CODE}\Z", _("Lower-case letters, digits and hyphens only."))


def is_code(text: str) -> bool:
    """Whether a code may look so."""
    return len(text) <= 40 and bool(re.fullmatch(_CODE, text))


def query(code: str) -> str:
    """What carries a code in an address, with its question mark; "" for what is no code."""
    return f"?via={code}" if is_code(code) else ""


class Source(models.Model):
    """A partner that spreads a statement: the code in its link (?via=CODE). Of organizations, never of a person."""

    # What comes by a personal link of an invitation.
    INVITATION = "invitation"

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="sources", verbose_name=_("statement"))
    code = models.CharField(_("code"), max_length=40, validators=[CODE])
    name = models.CharField(_("partner"), max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = ReachedQuerySet["Source"].as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.UniqueConstraint(fields=["statement", "code"], name="a_code_is_one_partner_s"),
            models.CheckConstraint(name="a_code_is_no_reserved_word", condition=~Q(code="invitation")),
        ]

    def __str__(self) -> str:
        return self.name

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.reach import ReachedQuerySet
from campaigns.models.statement import Statement


class AddresseeAnswer(models.Model):
    """What the addressee answered to a statement, as staff publish it; there may be several."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="answers", verbose_name=_("statement"))
    from_whom = models.CharField(_("from"), max_length=300)
    received_on = models.DateField(_("received on"))
    language = models.CharField(_("language"), max_length=12, default=settings.LANGUAGE_CODE)
    words = models.TextField(_("what they answered"), help_text=_("Markdown."))
    created_at = models.DateTimeField(auto_now_add=True)
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True, editable=False)

    objects = ReachedQuerySet["AddresseeAnswer"].as_manager()

    class Meta:
        ordering = ["received_on", "pk"]
        verbose_name = _("addressee’s answer")
        verbose_name_plural = _("addressees’ answers")
        constraints = [
            models.CheckConstraint(
                name="an_addressee_s_answer_says_something", condition=~Q(words="") & ~Q(from_whom="")
            ),
        ]

    def __str__(self) -> str:
        return self.from_whom

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.reach import ReachedQuerySet


class CampaignQuerySet(ReachedQuerySet["Campaign"]):
    ways = ("pk",)


class Campaign(models.Model):
    """What a network works for: gathers statements, posts and events."""

    # A network's own mailboxes, which stay with the campaign.
    PERSONAL_DATA = frozenset({"sender_address", "reply_address"})

    slug = models.SlugField(_("short name in addresses"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True, help_text=_("Markdown."))
    # Who its mail is from, and where answers go; empty: the installation's own (settings.DEFAULT_FROM_EMAIL).
    sender_name = models.CharField(_("sender’s name"), max_length=100, blank=True)
    sender_address = models.EmailField(_("sender’s address"), blank=True)
    reply_address = models.EmailField(_("address for answers"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaign", args=[self.slug])

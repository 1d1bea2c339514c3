from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.language import InALanguage
from campaigns.models.piece import new_key
from campaigns.models.post import Post
from campaigns.models.reach import ReachedQuerySet
from campaigns.models.statement import Statement


class DocumentQuerySet(ReachedQuerySet["Document"]):
    ways = ("campaign",)

    def published(self) -> DocumentQuerySet:
        """What strangers may fetch now."""
        return self.filter(published_at__lte=timezone.now())


class Document(InALanguage, models.Model):
    """A PDF that a network publishes, in one language; its file is documents/<key>.pdf in the default storage."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    title = models.CharField(_("title"), max_length=300)
    language = models.CharField(_("language"), max_length=12, default="en")
    dated = models.DateField(_("date on it"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    # What strangers could fetch once is withdrawn, not deleted.
    first_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), default=0, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, related_name="documents", null=True, blank=True, verbose_name=_("campaign")
    )
    statement = models.ForeignKey(
        Statement, models.SET_NULL, related_name="documents", null=True, blank=True, verbose_name=_("statement")
    )
    post = models.ForeignKey(
        Post, models.SET_NULL, related_name="documents", null=True, blank=True, verbose_name=_("post")
    )
    # How often it was fetched: a number, never who.
    downloads = models.PositiveIntegerField(_("fetched"), default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-dated", "-created_at"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.key])

    @property
    def file_name(self) -> str:
        """Its place in the default storage."""
        return f"documents/{self.key}.pdf"

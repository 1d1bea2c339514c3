from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Sweep(models.Model):
    """What one run of retention erased: how many of what, when. Whose it was stands nowhere."""

    class What(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Sign-ons that nobody confirmed")
        NETWORKS = "networks", _("From which networks sign-ons came")
        CONTACTS = "contacts", _("Contacts around statements that are over")
        INVITED = "invited", _("Contacts of invitations")
        REGISTRATIONS = "registrations", _("Who came to events, or did not confirm")
        SEATS = "seats", _("Seats that ended")
        PROPOSALS = "proposals", _("What was asked to be changed, and is settled")
        WAYS_IN = "ways_in", _("Sessions and limits of the way in")
        LINK_MAIL = "link_mail", _("Addresses that were typed to get a link")
        FILES = "files", _("Files of lists on their way out")
        PROOFS = "proofs", _("Files that prove what was entered by hand")
        LETTERS = "letters", _("How letters were handed over")
        IMPORTS = "imports", _("What lists on their way in held")

    what = models.CharField(_("what"), max_length=13, choices=What)
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    number = models.PositiveIntegerField(_("number"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("run of retention")
        verbose_name_plural = _("runs of retention")
        permissions = [("view_retention", _("Can see what retention erased"))]
        constraints = [
            models.CheckConstraint(
                name="only_a_sweep_that_did_something_is_written_down", condition=models.Q(number__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.number}"


class SweepTime(models.Model):
    """When each of them last ran to its end, whether or not there was something to do."""

    what = models.CharField(_("what"), max_length=13, choices=Sweep.What, primary_key=True)
    at = models.DateTimeField(_("last ran"))

    class Meta:
        verbose_name = _("time of a run")
        verbose_name_plural = _("times of runs")

    def __str__(self) -> str:
        return self.get_what_display()

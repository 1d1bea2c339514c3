from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account; without a password it cannot log in by one."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def command_line(self) -> User:
        """Whoever acts from the server's shell: an account that cannot log in, for the ledger's "who"."""
        fields = {"name": "Command line", "is_active": False}
        return self.get_or_create(email="command-line@localhost.invalid", defaults=fields)[0]

    def rule(self) -> User:
        """Who accepts where a statement's rule does: an account that cannot log in, for the ledger's "who"."""
        fields = {"name": "Rule: strong evidence", "is_active": False}
        return self.get_or_create(email="rule@localhost.invalid", defaults=fields)[0]

    def themselves(self) -> User:
        """Who took a letter's names away where a person erased what is held of them: no account that logs in."""
        fields = {"name": "A person, by their own right", "is_active": False}
        return self.get_or_create(email="themselves@localhost.invalid", defaults=fields)[0]


class User(AbstractBaseUser, PermissionsMixin):
    """An account; its e-mail address is the login, in whatever case it is typed."""

    class Digest(models.TextChoices):
        NONE = "none", _("Never")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every Monday")

    PERSONAL_DATA: ClassVar[set[str]] = {"email", "name"}

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May enter the admin."))
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en")
    digest = models.CharField(
        _("mail of what waits"),
        max_length=6,
        choices=Digest,
        default=Digest.WEEKLY,
        help_text=_("For staff who verify or organize: what waits, oldest first."),
    )
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="an_address_has_one_account_in_any_case"),
        ]

    def __str__(self) -> str:
        return gettext("an erased account") if self.is_erased else self.name or self.email

    @property
    def is_erased(self) -> bool:
        """Whether its person had what is held of them erased; what it did points to its row."""
        return self.email == self.address_once_erased()

    def address_once_erased(self) -> str:
        """What stands in the place of its address then: addresses of accounts differ."""
        return f"erased-{self.pk}@localhost.invalid"


class Membership(models.Model):
    """A campaign's people: who of the staff it belongs to, and who is told of what is accepted for it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="memberships")

    class Meta:
        verbose_name = _("campaign’s person")
        verbose_name_plural = _("campaign’s people")
        permissions = [
            ("reach_all_campaigns", _("Works on the statements of every campaign")),
            ("read_all", _("Reads all that staff work with, and changes nothing")),
            ("organize_statement", _("Runs statements: opens and closes them, invites, delivers")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "campaign"], name="a_person_belongs_to_a_campaign_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.campaign}"

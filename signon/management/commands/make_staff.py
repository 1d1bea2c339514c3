"""manage.py make_staff EMAIL ROLE, and make_staff EMAIL --reset-factor"""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from signon.management.one_line import OneLineCommand
from signon.models import User
from signon.people import accounts, factor_resets, roles


class Command(OneLineCommand):
    help = (
        "Give an account a role, making the account if there is none; prints the password of a new one. "
        "With --reset-factor take away the second factors of an account, at once: for the last administrator."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", nargs="?", choices=sorted(roles.ROLES))
        parser.add_argument("--reset-factor", action="store_true")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"“{email}” is no e-mail address.", returncode=2) from error
        user = User.objects.filter(email__iexact=email).first()
        if options["reset_factor"]:
            return self._reset(email, user)
        if not options["role"]:
            raise CommandError("Say which role, or --reset-factor.", returncode=2)
        password = ""
        if user is None:
            password = secrets.token_urlsafe(12)
            user = User.objects.create_user(email, password)
            accounts.vouch(user)
        others = User.objects.filter(groups__name="administrator", is_active=True).exclude(pk=user.pk)
        was_last = user.groups.filter(name="administrator").exists() and not others.exists()
        if was_last and options["role"] != "administrator":
            raise CommandError(f"{user.email} is the last administrator: make another one first.", returncode=2)
        before = [role for role in roles.give(user, options["role"]) if role != options["role"]]
        words = f"{user.email} is {options['role']}"
        words += f", and {', '.join(before)} no more." if before else "."
        self.stdout.write(words + (f" Password: {password}" if password else ""))

    def _reset(self, email: str, user: User | None) -> None:
        if user is None:
            raise CommandError(f"{email} has no account.", returncode=2)
        if not factor_resets.now(user):
            raise CommandError(f"{user.email} has no second factor.", returncode=2)
        self.stdout.write(f"{user.email} has no second factor any more, and is signed out everywhere.")

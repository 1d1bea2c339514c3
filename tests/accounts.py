"""People at the way in: their codes, their second factors, as the pages and the mails hand them out."""

import base64
import time

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp

from signon.models import Message, User
from tests.factories import UserFactory

PASSWORD = "correct horse battery"
SECRET = base64.b32encode(b"twenty bytes to test").decode()


def person(email="asha@network.example", *, password=PASSWORD, is_proved=True, **fields) -> User:
    """An account that can sign in."""
    user = UserFactory(email=email, **fields)
    user.set_password(password)
    user.save()
    if is_proved:
        EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
    return user


def with_app(user: User) -> User:
    """Its second factor is an authenticator app that holds SECRET."""
    totp.TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def app_code(secret: str = SECRET, *, later: int = 0) -> str:
    """What an authenticator app shows now, or so many codes later."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + later))


def recovery_code(user: User) -> str:
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]


def mailed_code(kind: str = "login_code") -> str:
    return Message.objects.filter(kind=kind).latest("pk").body


def sign_in(client, email="asha@network.example", password=PASSWORD, **more):
    """What the sign-in page answers."""
    return client.post("/accounts/login/", {"login": email, "password": password, **more})

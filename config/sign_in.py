"""Settings of accounts and of the way in (allauth); config.settings takes all of them. See docs/accounts.md.

None is read from the environment but whether another site vouches for people (config.social).
"""

from config import embedded, social

# The demo's staff account (signon.site.demo.STAFF), and nobody where there is a database of one's own: local mode alone
# it enters the desk without a second factor, under a banner.
WITHOUT_SECOND_FACTOR = frozenset({"staff@localhost.example"} if embedded.local_mode() else ())
STAFF_NEED_A_SECOND_FACTOR = True

AUTHENTICATION_BACKENDS = ["signon.people.accounts.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds

ACCOUNT_ADAPTER = "signon.people.accounts.Adapter"
ACCOUNT_FORMS = {
    "login": "signon.people.account_forms.SignInForm",
    "confirm_login_code": "signon.people.account_forms.CodeForm",
    "reset_password": "signon.people.account_forms.ForgottenForm",
    "reset_password_from_key": "signon.people.account_forms.NewPasswordByMailForm",
    "reauthenticate": "signon.people.account_forms.PasswordAgainForm",
    "add_email": "signon.people.account_forms.AddressForm",
    "confirm_email_verification_code": "signon.people.account_forms.AddressCodeForm",
    "change_password": "signon.people.account_forms.ChangePasswordForm",
    "set_password": "signon.people.account_forms.SetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SESSION_REMEMBER = True
# An address is proved by a code that is mailed to it; whether it has an account, no page tells.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60  # seconds
ACCOUNT_PREVENT_ENUMERATION = True
# Asked for with an unknown address, a code is composed as for a known one, and the worker lets it drop.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
ALLAUTH_USER_CODE_FORMAT = {"length": 8, "numeric": False, "dashed": True}

MFA_ADAPTER = "signon.people.factors.Adapter"
MFA_FORMS = {
    "authenticate": "signon.people.account_forms.FactorForm",
    "reauthenticate": "signon.people.account_forms.FactorAgainForm",
    "activate_totp": "signon.people.account_forms.AppForm",
    "add_webauthn": "signon.people.account_forms.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # codes before and after: telephones' clocks differ
# A browser takes passkeys without https on this machine alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Sign-in by another site. A link starts it, and so it needs no other site in the policy for forms.
SOCIALACCOUNT_PROVIDERS = social.providers()
SOCIALACCOUNT_ADAPTER = "signon.people.elsewhere.Adapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
OPENID_CONNECT_NAME = social.name()

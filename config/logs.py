"""What must not stand in a log."""

import logging
import re

_TOKEN = re.compile(
    r"((?:/sign-ons/(?:confirm|manage|answer|try|objection)|/statements/[^/\s]+/(?:draft|late)|/mail/unsubscribe|/privacy/your-data"
    r"|(?<!/desk)/invitations|/events/registrations|/accounts/second-factor/stop|/accounts/seats/offer|/accounts/password/reset/key/[^/\s]+)/)[^/\s]+"
)


class WithoutTokens(logging.Filter):
    """Cuts the secret out of the address of a mailed link: who reads a log must not be able to use it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TOKEN.sub(r"\1…", record.getMessage()), ()
        return True

"""Names: typed by strangers, private until accepted, erasable. All personal data lives here."""

from signon.models.counter import Counter
from signon.models.ledger import LedgerEntry
from signon.models.message import Message
from signon.models.organization import Organization, OrganizationName
from signon.models.seal import Seal, SealedEntry
from signon.models.sign_on import SignOn
from signon.models.user import User

__all__ = [
    "Counter",
    "LedgerEntry",
    "Message",
    "Organization",
    "OrganizationName",
    "Seal",
    "SealedEntry",
    "SignOn",
    "User",
]

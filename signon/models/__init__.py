"""Names: typed by strangers, private until accepted, erasable. All personal data lives here."""

from signon.models.case import Case, Note, Question
from signon.models.counter import Counter
from signon.models.imports import Import, ImportMapping, ImportRow
from signon.models.job import Job
from signon.models.ledger import LedgerEntry
from signon.models.mailing import Mailing, MailingText
from signon.models.message import Lane, Message
from signon.models.organization import Distinction, Merge, Organization, OrganizationDomain, OrganizationName
from signon.models.seal import Seal, SealedEntry
from signon.models.sign_on import SignOn
from signon.models.suppression import Suppression
from signon.models.user import Membership, User

__all__ = [
    "Case",
    "Counter",
    "Distinction",
    "Import",
    "ImportMapping",
    "ImportRow",
    "Job",
    "Lane",
    "LedgerEntry",
    "Mailing",
    "MailingText",
    "Membership",
    "Merge",
    "Message",
    "Note",
    "Organization",
    "OrganizationDomain",
    "OrganizationName",
    "Question",
    "Seal",
    "SealedEntry",
    "SignOn",
    "Suppression",
    "User",
]

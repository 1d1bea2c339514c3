"""Names: typed by strangers, private until accepted, erasable. All personal data lives here."""

from signon.models.attachment import Attachment
from signon.models.case import Case, Note, Question
from signon.models.consent_text import ConsentText
from signon.models.convener import Comment, Convener
from signon.models.counter import Counter
from signon.models.erasure import Erasure, Objection
from signon.models.export import Export, ExportPreset, Fetch
from signon.models.factor_reset import FactorReset
from signon.models.hand_entry import HandEntry
from signon.models.hash_key_mark import HashKeyMark
from signon.models.hold import Hold
from signon.models.imports import Import, ImportMapping, ImportRow
from signon.models.invitation import Invitation, InvitationNote, InvitationWords, Inviting, Sought
from signon.models.job import Job
from signon.models.kept_figure import KeptFigure
from signon.models.late_link import LateLink
from signon.models.ledger import LedgerEntry
from signon.models.letter_pack import LetterFetch, LetterFile, LetterPack
from signon.models.look import Look, Rehearsal
from signon.models.mailing import Mailing, MailingText
from signon.models.message import Lane, Message
from signon.models.network import Member, Network
from signon.models.organization import Distinction, Merge, Organization, OrganizationDomain, OrganizationName
from signon.models.own_question import OwnAnswer, OwnQuestion
from signon.models.profile import Profile, ProfileName
from signon.models.proposal import Proposal
from signon.models.registration import Registration
from signon.models.seal import Seal, SealedEntry
from signon.models.seat import Seat
from signon.models.sign_in_limit import SignInLimit
from signon.models.sign_on import SignOn
from signon.models.source import Source
from signon.models.suppression import Suppression
from signon.models.sweep import Sweep, SweepTime
from signon.models.user import Membership, User
from signon.models.webhook import Announcement, Webhook

__all__ = [
    "Announcement",
    "Attachment",
    "Case",
    "Comment",
    "ConsentText",
    "Convener",
    "Counter",
    "Distinction",
    "Erasure",
    "Export",
    "ExportPreset",
    "FactorReset",
    "Fetch",
    "HandEntry",
    "HashKeyMark",
    "Hold",
    "Import",
    "ImportMapping",
    "ImportRow",
    "Invitation",
    "InvitationNote",
    "InvitationWords",
    "Inviting",
    "Job",
    "KeptFigure",
    "Lane",
    "LateLink",
    "LedgerEntry",
    "LetterFetch",
    "LetterFile",
    "LetterPack",
    "Look",
    "Mailing",
    "MailingText",
    "Member",
    "Membership",
    "Merge",
    "Message",
    "Network",
    "Note",
    "Objection",
    "Organization",
    "OrganizationDomain",
    "OrganizationName",
    "OwnAnswer",
    "OwnQuestion",
    "Profile",
    "ProfileName",
    "Proposal",
    "Question",
    "Registration",
    "Rehearsal",
    "Seal",
    "SealedEntry",
    "Seat",
    "SignInLimit",
    "SignOn",
    "Sought",
    "Source",
    "Suppression",
    "Sweep",
    "SweepTime",
    "User",
    "Webhook",
]

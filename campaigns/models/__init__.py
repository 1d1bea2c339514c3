"""Words: written by staff, public, versioned, translated."""

from campaigns.models.answer import AddresseeAnswer
from campaigns.models.campaign import Campaign
from campaigns.models.revision import Revision, RevisionText
from campaigns.models.statement import Statement

__all__ = ["AddresseeAnswer", "Campaign", "Revision", "RevisionText", "Statement"]

"""Words: written by staff, public, versioned, translated."""

from campaigns.models.campaign import Campaign
from campaigns.models.revision import Revision, RevisionText
from campaigns.models.statement import Statement

__all__ = ["Campaign", "Revision", "RevisionText", "Statement"]

"""Words: written by staff, public, versioned, translated."""

from campaigns.models.answer import AddresseeAnswer
from campaigns.models.campaign import Campaign
from campaigns.models.document import Document
from campaigns.models.event import Event, EventWords
from campaigns.models.former_slug import FormerSlug
from campaigns.models.page import Page, PageWords
from campaigns.models.photo import Photo, PhotoWords
from campaigns.models.piece import Piece, Words
from campaigns.models.post import Post, PostWords
from campaigns.models.publisher import Publisher, PublisherWords
from campaigns.models.revision import Revision, RevisionText
from campaigns.models.statement import Statement

__all__ = [
    "AddresseeAnswer",
    "Campaign",
    "Document",
    "Event",
    "EventWords",
    "FormerSlug",
    "Page",
    "PageWords",
    "Photo",
    "PhotoWords",
    "Piece",
    "Post",
    "PostWords",
    "Publisher",
    "PublisherWords",
    "Revision",
    "RevisionText",
    "Statement",
    "Words",
]

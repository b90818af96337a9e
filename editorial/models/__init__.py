"""Models of the kernel, and the abstract bases of every type of content.

Doors out import ``editorial.models.edition`` and ``editorial.models.change`` alone.
"""

from editorial.models.change import Change
from editorial.models.content import Content
from editorial.models.document import Document, document_model, document_models
from editorial.models.edition import Edition
from editorial.models.redirect import Redirect
from editorial.models.slug import Slug
from editorial.models.user import User

__all__ = [
    "Change",
    "Content",
    "Document",
    "Edition",
    "Redirect",
    "Slug",
    "User",
    "document_model",
    "document_models",
]

"""Companies, agencies, universities, people. Doors out import ``actors.models.edition`` alone."""

from actors.models.document import ActorDocument
from actors.models.edition import Actor

__all__ = ["Actor", "ActorDocument"]

from imports.models.candidate import Candidate, Decision, Keyword, State, What
from imports.models.source import Fetch, Form, Health, Item, Outcome, Source, Trust

__all__ = [
    "Candidate",
    "Decision",
    "Fetch",
    "Form",
    "Health",
    "Item",
    "Keyword",
    "Outcome",
    "Source",
    "State",
    "Trust",
    "What",
]

from imports.models.archive import Address, Finding, Snapshot, Standing, Trouble
from imports.models.candidate import Candidate, Decision, Keyword, State, What
from imports.models.source import Fetch, Form, Health, Item, Outcome, Source, Trust

__all__ = [
    "Address",
    "Candidate",
    "Decision",
    "Fetch",
    "Finding",
    "Form",
    "Health",
    "Item",
    "Keyword",
    "Outcome",
    "Snapshot",
    "Source",
    "Standing",
    "State",
    "Trouble",
    "Trust",
    "What",
]

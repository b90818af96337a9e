"""The life of a document, pure: State, evolve(state, happened) and decide(state, command, context).

Knows no database, no clock, no request and no type of content; whatever it needs comes as a value.
"""

from editorial.workflow.decide import Context, Person, Refusal, Refused, Role, Rule, barred, decide
from editorial.workflow.slugs import slug_problem, slugify
from editorial.workflow.state import (
    Happened,
    Last,
    Stage,
    Standing,
    State,
    evolve,
    from_data,
    replay,
    to_data,
)

__all__ = [
    "Context",
    "Happened",
    "Last",
    "Person",
    "Refusal",
    "Refused",
    "Role",
    "Rule",
    "Stage",
    "Standing",
    "State",
    "barred",
    "decide",
    "evolve",
    "from_data",
    "replay",
    "slug_problem",
    "slugify",
    "to_data",
]

"""The shapes of answers, written from the API's description by scripts/client_types.py: do not edit.

Dates and moments are texts, as the API sends them.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

ActorKind = Literal["company", "product", "government_body", "party_body", "university", "research_institute", "court", "person", "international_body", "fund", "media"]
ChangeKindEnum = Literal["published", "revised", "corrected", "withdrawn", "reinstated", "renamed", "merged", "unmerged", "erased"]
ChangeTypeEnum = Literal["actor", "category", "entry", "front", "page", "series"]
ChartEnum = Literal["line", "bar", "share"]
EntryKind = Literal["milestone", "update", "publication"]
FrequencyEnum = Literal["annual", "quarterly", "monthly", "weekly", "daily", "irregular"]
RelationTypeEnum = Literal["owns", "invested_in", "part_of", "regulates", "partner_of", "founded_by", "leads", "product_of", "spun_off_from", "succeeded_by"]
RoleEnum = Literal["acted", "affected", "regulated", "mentioned"]
SchemeEnum = Literal["wikidata", "lei", "ror", "ticker"]
StatusEnum = Literal["final", "provisional", "estimate", "forecast"]


class Actor(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    kind: ActorKind
    title: str
    name_zh: str
    pinyin: str
    aliases: list[str]
    country: str
    seat: str
    founded: str | None
    ended: str | None
    text: str
    text_html: str
    basis: str
    web: str
    identifiers: list[Identifier]
    relations: list[Relation]
    sources: list[Source]
    source_wanted: bool


class ActorList(TypedDict):
    results: list[Actor]
    next: str | None
    previous: str | None
    count: int
    as_of: AsOf


class ActorWithMoment(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    kind: ActorKind
    title: str
    name_zh: str
    pinyin: str
    aliases: list[str]
    country: str
    seat: str
    founded: str | None
    ended: str | None
    text: str
    text_html: str
    basis: str
    web: str
    identifiers: list[Identifier]
    relations: list[Relation]
    sources: list[Source]
    source_wanted: bool
    as_of: AsOf


class AsOf(TypedDict):
    position: int
    moment: str | None
    cursor: str


class Category(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    title: str
    text: str
    text_html: str
    order: int


class CategoryList(TypedDict):
    results: list[Category]
    next: str | None
    previous: str | None
    count: int
    as_of: AsOf


class CategoryWithMoment(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    title: str
    text: str
    text_html: str
    order: int
    as_of: AsOf


class Change(TypedDict):
    cursor: str
    position: int
    moment: str
    type: ChangeTypeEnum
    kind: ChangeKindEnum
    document: Changed
    edition: int
    minor: bool
    note: str
    fields: list[str]
    into: str | None


class Changed(TypedDict):
    id: str
    slug: str
    title: str
    url: str


class Changes(TypedDict):
    results: list[Change]
    cursor: str
    has_more: bool


class Entry(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    kind: EntryKind
    title: str
    summary: str
    body: str
    body_html: str
    date: str | None
    date_shown: str | None
    earliest: str | None
    latest: str | None
    date_kind: str
    basis: str
    categories: list[Reference]
    actors: list[EntryActor]
    sources: list[Source]
    related: list[Reference]


class EntryActor(TypedDict):
    id: str
    slug: str
    title: str
    role: RoleEnum


class EntryList(TypedDict):
    results: list[Entry]
    next: str | None
    previous: str | None
    count: int
    as_of: AsOf


class EntryWithMoment(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    kind: EntryKind
    title: str
    summary: str
    body: str
    body_html: str
    date: str | None
    date_shown: str | None
    earliest: str | None
    latest: str | None
    date_kind: str
    basis: str
    categories: list[Reference]
    actors: list[EntryActor]
    sources: list[Source]
    related: list[Reference]
    as_of: AsOf


class Front(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    title: str
    text: str
    text_html: str
    figures: list[Reference]
    charts: list[Reference]
    milestones: list[Reference]
    updates: int


class FrontList(TypedDict):
    results: list[Front]
    next: str | None
    previous: str | None
    count: int
    as_of: AsOf


class FrontWithMoment(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    title: str
    text: str
    text_html: str
    figures: list[Reference]
    charts: list[Reference]
    milestones: list[Reference]
    updates: int
    as_of: AsOf


class Gone(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[dict[str, str]]]
    id: str
    slug: str
    document_title: str
    notice: str
    withdrawn_at: str


class Identifier(TypedDict):
    scheme: SchemeEnum
    value: str


class Observation(TypedDict):
    period: str
    period_shown: str
    earliest: str
    latest: str
    value: str | None
    status: StatusEnum
    note: str
    source_wanted: bool
    sources: list[Source]


class Page(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    title: str
    text: str
    text_html: str


class PageList(TypedDict):
    results: list[Page]
    next: str | None
    previous: str | None
    count: int
    as_of: AsOf


class PageWithMoment(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    title: str
    text: str
    text_html: str
    as_of: AsOf


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[dict[str, str]]]


class Reference(TypedDict):
    id: str
    slug: str
    title: str


class Relation(TypedDict):
    type: RelationTypeEnum
    actor: Reference
    since: str
    until: str
    note: str
    sources: list[Source]


class Series(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    title: str
    short_title: str
    unit: str
    definition: str
    text: str
    text_html: str
    geography: str
    frequency: FrequencyEnum
    chart: ChartEnum
    chart_title: str
    beside: list[Reference]
    licence: str
    next_update: str | None
    sources: list[Source]
    source_wanted: bool
    observations: list[Observation]
    vintages: list[Vintage]


class SeriesList(TypedDict):
    results: list[Series]
    next: str | None
    previous: str | None
    count: int
    as_of: AsOf


class SeriesWithMoment(TypedDict):
    id: str
    slug: str
    url: str
    edition: int
    significance: str
    note: str
    policy: str
    first_published_at: str
    updated_at: str
    text_hidden: bool
    notice: str
    withdrawn_at: str | None
    erased: list[str]
    merged: list[Reference]
    title: str
    short_title: str
    unit: str
    definition: str
    text: str
    text_html: str
    geography: str
    frequency: FrequencyEnum
    chart: ChartEnum
    chart_title: str
    beside: list[Reference]
    licence: str
    next_update: str | None
    sources: list[Source]
    source_wanted: bool
    observations: list[Observation]
    vintages: list[Vintage]
    as_of: AsOf


class Source(TypedDict):
    publisher: NotRequired[str]
    title: NotRequired[str]
    language: NotRequired[str]
    date: NotRequired[str]
    url: NotRequired[str]
    archived: NotRequired[str]


class Vintage(TypedDict):
    edition: int
    position: int
    moment: str
    significance: str
    note: str
    text_hidden: bool

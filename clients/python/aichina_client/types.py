"""The shapes of answers, written from the API's description by scripts/client_types.py: do not edit.

Dates and moments are texts, as the API sends them.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

ActorKind = Literal["company", "product", "government_body", "party_body", "university", "research_institute", "court", "person", "international_body", "fund", "media"]
ChangeKindEnum = Literal["published", "revised", "corrected", "withdrawn", "reinstated", "renamed", "merged", "unmerged", "erased"]
ChangeTypeEnum = Literal["actor", "category", "entry", "front", "page", "series"]
ChartEnum = Literal["line", "bar", "share"]
EntryKind = Literal["milestone", "update", "publication"]
FrequencyEnum = Literal["annual", "quarterly", "monthly", "weekly", "daily", "irregular"]
PackageStateEnum = Literal["waiting", "making", "ready", "failed"]
RelationTypeEnum = Literal["owns", "invested_in", "part_of", "regulates", "partner_of", "founded_by", "leads", "product_of", "spun_off_from", "succeeded_by"]
RoleEnum = Literal["acted", "affected", "regulated", "mentioned"]
SchemeEnum = Literal["wikidata", "lei", "ror", "ticker"]
SignificanceEnum = Literal["major", "minor", "correction", "reinstated", "withdrawn"]
StatusEnum = Literal["final", "provisional", "estimate", "forecast"]
WebhookState = Literal["active", "paused", "parked", "ended"]
WebhookStateChange = Literal["active", "paused"]


class Actor(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    kind: NotRequired[ActorKind]
    title: NotRequired[str]
    name_zh: NotRequired[str]
    pinyin: NotRequired[str]
    aliases: NotRequired[list[str]]
    country: NotRequired[str]
    seat: NotRequired[str]
    founded: NotRequired[str | Literal[None]]
    ended: NotRequired[str | Literal[None]]
    text: NotRequired[str]
    text_html: NotRequired[str]
    basis: NotRequired[str]
    web: NotRequired[str]
    identifiers: NotRequired[list[Identifier]]
    relations: NotRequired[list[Relation]]
    sources: NotRequired[list[Source]]
    source_wanted: NotRequired[bool]


class ActorList(TypedDict):
    results: list[Actor]
    next: str | Literal[None]
    previous: str | Literal[None]
    count: int
    as_of: AsOf


class ActorWithMoment(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    kind: NotRequired[ActorKind]
    title: NotRequired[str]
    name_zh: NotRequired[str]
    pinyin: NotRequired[str]
    aliases: NotRequired[list[str]]
    country: NotRequired[str]
    seat: NotRequired[str]
    founded: NotRequired[str | Literal[None]]
    ended: NotRequired[str | Literal[None]]
    text: NotRequired[str]
    text_html: NotRequired[str]
    basis: NotRequired[str]
    web: NotRequired[str]
    identifiers: NotRequired[list[Identifier]]
    relations: NotRequired[list[Relation]]
    sources: NotRequired[list[Source]]
    source_wanted: NotRequired[bool]
    as_of: AsOf


class AsOf(TypedDict):
    position: int
    moment: str | Literal[None]
    cursor: str


class Attempt(TypedDict):
    status: int | Literal[None]
    sentence: str
    answer: str
    ms: int


class Category(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    title: NotRequired[str]
    text: NotRequired[str]
    text_html: NotRequired[str]
    order: NotRequired[int]


class CategoryList(TypedDict):
    results: list[Category]
    next: str | Literal[None]
    previous: str | Literal[None]
    count: int
    as_of: AsOf


class CategoryWithMoment(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    title: NotRequired[str]
    text: NotRequired[str]
    text_html: NotRequired[str]
    order: NotRequired[int]
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
    into: str | Literal[None]


class Changed(TypedDict):
    id: str
    slug: str
    title: str
    url: str


class Changes(TypedDict):
    results: list[Change]
    cursor: str
    has_more: bool


class Difference(TypedDict):
    field: str
    before: Any
    after: Any


class EditionList(TypedDict):
    results: list[ListedEdition]
    next: str | Literal[None]
    previous: str | Literal[None]
    count: int
    as_of: AsOf


class Entry(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    kind: NotRequired[EntryKind]
    title: NotRequired[str]
    summary: NotRequired[str]
    body: NotRequired[str]
    body_html: NotRequired[str]
    date: NotRequired[str | Literal[None]]
    date_shown: NotRequired[str | Literal[None]]
    earliest: NotRequired[str | Literal[None]]
    latest: NotRequired[str | Literal[None]]
    date_kind: NotRequired[str]
    basis: NotRequired[str]
    categories: NotRequired[list[Reference]]
    actors: NotRequired[list[EntryActor]]
    sources: NotRequired[list[Source]]
    related: NotRequired[list[Reference]]


class EntryActor(TypedDict):
    id: str
    slug: str
    title: str
    role: RoleEnum


class EntryList(TypedDict):
    results: list[Entry]
    next: str | Literal[None]
    previous: str | Literal[None]
    count: int
    as_of: AsOf


class EntryWithMoment(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    kind: NotRequired[EntryKind]
    title: NotRequired[str]
    summary: NotRequired[str]
    body: NotRequired[str]
    body_html: NotRequired[str]
    date: NotRequired[str | Literal[None]]
    date_shown: NotRequired[str | Literal[None]]
    earliest: NotRequired[str | Literal[None]]
    latest: NotRequired[str | Literal[None]]
    date_kind: NotRequired[str]
    basis: NotRequired[str]
    categories: NotRequired[list[Reference]]
    actors: NotRequired[list[EntryActor]]
    sources: NotRequired[list[Source]]
    related: NotRequired[list[Reference]]
    as_of: AsOf


class Fault(TypedDict):
    parameter: str
    detail: str


class Front(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    title: NotRequired[str]
    text: NotRequired[str]
    text_html: NotRequired[str]
    figures: NotRequired[list[Reference]]
    charts: NotRequired[list[Reference]]
    milestones: NotRequired[list[Reference]]
    updates: NotRequired[int]


class FrontList(TypedDict):
    results: list[Front]
    next: str | Literal[None]
    previous: str | Literal[None]
    count: int
    as_of: AsOf


class FrontWithMoment(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    title: NotRequired[str]
    text: NotRequired[str]
    text_html: NotRequired[str]
    figures: NotRequired[list[Reference]]
    charts: NotRequired[list[Reference]]
    milestones: NotRequired[list[Reference]]
    updates: NotRequired[int]
    as_of: AsOf


class Gone(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[Fault]]
    id: str
    slug: str
    document_title: str
    notice: str
    withdrawn_at: str


class Identifier(TypedDict):
    scheme: SchemeEnum
    value: str


class Last(TypedDict):
    status: int | Literal[None]
    sentence: str
    answer: str
    ms: int
    at: str


class Line(TypedDict):
    edition: int
    position: int
    moment: str
    significance: SignificanceEnum
    note: str
    policy: str
    fields: list[str]
    text_hidden: bool
    url: str | Literal[None]


class ListedEdition(TypedDict):
    edition: int
    position: int
    moment: str
    significance: SignificanceEnum
    note: str
    policy: str
    fields: list[str]
    text_hidden: bool
    url: str | Literal[None]
    differences: list[Difference]


class Observation(TypedDict):
    period: str
    period_shown: str
    earliest: str
    latest: str
    value: str | Literal[None]
    status: StatusEnum
    note: str
    source_wanted: bool
    sources: list[Source]


class Package(TypedDict):
    url: str
    position: int
    moment: str
    cursor: str
    state: PackageStateEnum
    done: int
    total: int
    sentence: str
    asked_at: str
    made_at: str | Literal[None]
    download: str | Literal[None]
    bytes: int | Literal[None]
    sha256: str | Literal[None]


class PackageRequest(TypedDict):
    as_of: NotRequired[str | int | Literal[None]]


class Packages(TypedDict):
    results: list[Package]


class Page(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    title: NotRequired[str]
    text: NotRequired[str]
    text_html: NotRequired[str]


class PageList(TypedDict):
    results: list[Page]
    next: str | Literal[None]
    previous: str | Literal[None]
    count: int
    as_of: AsOf


class PageWithMoment(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    title: NotRequired[str]
    text: NotRequired[str]
    text_html: NotRequired[str]
    as_of: AsOf


class PatchedWebhookChange(TypedDict):
    name: NotRequired[str]
    address: NotRequired[str]
    type: NotRequired[ChangeTypeEnum | Literal[None]]
    category: NotRequired[str | Literal[None]]
    state: NotRequired[WebhookStateChange]


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[Fault]]


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


class Replay(TypedDict):
    after: str


class SecretWebhook(TypedDict):
    id: str
    name: str
    address: str
    type: ChangeTypeEnum | Literal[None]
    category: str | Literal[None]
    created_at: str
    state: WebhookState
    since: str
    why: str
    cursor: str
    lag: int
    failures: int
    next_at: str
    former_until: str | Literal[None]
    last: Last | Literal[None]
    secret: str


class Series(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    title: NotRequired[str]
    short_title: NotRequired[str]
    unit: NotRequired[str]
    definition: NotRequired[str]
    text: NotRequired[str]
    text_html: NotRequired[str]
    geography: NotRequired[str]
    frequency: NotRequired[FrequencyEnum]
    chart: NotRequired[ChartEnum]
    chart_title: NotRequired[str]
    beside: NotRequired[list[Reference]]
    licence: NotRequired[str]
    next_update: NotRequired[str | Literal[None]]
    sources: NotRequired[list[Source]]
    source_wanted: NotRequired[bool]
    observations: NotRequired[list[Observation]]
    vintages: NotRequired[list[Vintage]]


class SeriesList(TypedDict):
    results: list[Series]
    next: str | Literal[None]
    previous: str | Literal[None]
    count: int
    as_of: AsOf


class SeriesWithMoment(TypedDict):
    id: str
    slug: NotRequired[str]
    url: NotRequired[str]
    edition: NotRequired[int]
    significance: NotRequired[str]
    note: NotRequired[str]
    policy: NotRequired[str]
    first_published_at: NotRequired[str]
    updated_at: NotRequired[str]
    text_hidden: NotRequired[bool]
    notice: NotRequired[str]
    withdrawn_at: NotRequired[str | Literal[None]]
    erased: NotRequired[list[str]]
    merged: NotRequired[list[Reference]]
    editions: NotRequired[list[Line]]
    title: NotRequired[str]
    short_title: NotRequired[str]
    unit: NotRequired[str]
    definition: NotRequired[str]
    text: NotRequired[str]
    text_html: NotRequired[str]
    geography: NotRequired[str]
    frequency: NotRequired[FrequencyEnum]
    chart: NotRequired[ChartEnum]
    chart_title: NotRequired[str]
    beside: NotRequired[list[Reference]]
    licence: NotRequired[str]
    next_update: NotRequired[str | Literal[None]]
    sources: NotRequired[list[Source]]
    source_wanted: NotRequired[bool]
    observations: NotRequired[list[Observation]]
    vintages: NotRequired[list[Vintage]]
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


class Webhook(TypedDict):
    id: str
    name: str
    address: str
    type: ChangeTypeEnum | Literal[None]
    category: str | Literal[None]
    created_at: str
    state: WebhookState
    since: str
    why: str
    cursor: str
    lag: int
    failures: int
    next_at: str
    former_until: str | Literal[None]
    last: Last | Literal[None]


class WebhookRequest(TypedDict):
    name: str
    address: str
    type: NotRequired[ChangeTypeEnum | Literal[None]]
    category: NotRequired[str | Literal[None]]
    after: NotRequired[str]


class Webhooks(TypedDict):
    results: list[Webhook]

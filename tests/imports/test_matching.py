"""Matching: what tells of one event is found above what does not, and what a text names is found where it stands."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from benchmarks.duplicates import judged, labelled, ours
from imports.matching.duplicates import likely
from imports.matching.folding import fold, fold_with_places
from imports.matching.likeness import LIKELY, Told, compare
from imports.matching.lookup import Lookup
from imports.matching.recognition import Found, Names, categories, public_names, relevance
from imports.matching.terms import MAX_TERMS, terms
from imports.models import Candidate, State
from tests.editorial_steps import Doc, publish_actor, publish_entry
from tests.imports.steps import source

FIRST = (
    "DeepSeek's repository on GitHub shows a new architecture under the label MODEL1, "
    "thought to be the base of the coming DeepSeek V4"
)
SECOND = "New architecture MODEL1 seen in an update of DeepSeek's GitHub repository; V4 flagship expected this year"
OTHER = "DeepSeek Releases DeepSeek-V3, High-Performance Open-Weight Model"

# As old Chinese systems write Latin letters.
WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in "Huawei")

NAMES = Names(
    [
        ("huawei", ["Huawei", "华为", "Huáwéi", "Huawei Technologies"]),
        ("huawei-cloud", ["Huawei Cloud", "华为云"]),
        ("deepseek", ["DeepSeek", "深度求索"]),
        ("most", ["Ministry of Science and Technology", "科学技术部", "MOST", "科技部"]),
        ("meta", ["Meta", "Facebook"]),
        ("midea", ["Midea", "美的"]),
        ("qwen", ["Qwen", "通义千问"]),
        ("cac", ["CAC", "网信办"]),
        ("claude", ["Kimi", ""]),
        ("moonshot", ["Moonshot AI", "Kimi"]),
    ]
)


def named(text: str) -> list[tuple[str, str]]:
    found = NAMES.find(text)
    assert all(text[item.start : item.end] == item.name for item in found)
    return [(item.id, item.name) for item in found]


# What two texts share


def test_the_labelled_pairs_are_many_and_at_least_half_of_them_are_hard_negatives() -> None:
    pairs = labelled()
    groups = Counter(pair.group for pair in pairs)
    assert len(pairs) >= 80
    assert sum(not pair.same for pair in pairs) * 2 >= len(pairs)
    assert groups["English"] >= 30
    assert groups["Chinese"] >= 15
    assert groups["across both"] >= 15


@pytest.mark.parametrize(
    ("group", "precision", "recall"),
    [("", 0.82, 0.89), ("English", 0.82, 0.87), ("Chinese", 0.88, 0.92), ("across both", 0.68, 0.85)],
)
def test_most_of_what_is_called_likely_is_and_nearly_all_of_it_is_called_so(
    group: str, precision: float, recall: float
) -> None:
    found = judged([(pair, ours(pair).score) for pair in labelled() if group in ("", pair.group)], LIKELY)
    assert found.precision >= precision
    assert found.recall >= recall


def test_an_event_told_twice_ranks_above_another_event_of_the_same_company() -> None:
    def weight(term: str) -> float:
        return 1.0 if term in ("deepseek", "model", "new") else 4.0

    true = compare(Told(FIRST), Told(SECOND), weight)
    wrong = compare(Told(FIRST), Told(OTHER), weight)
    assert true.score > LIKELY > wrong.score
    assert {"model1", "github", "architecture", "repository"} <= set(true.shared)


def test_a_comparison_is_the_same_from_both_sides() -> None:
    for pair in labelled():
        there, back = (compare(*two, len).score for two in ((pair.one, pair.other), (pair.other, pair.one)))
        assert there == pytest.approx(back)


def test_dates_and_numbers_that_differ_lower_the_score_and_say_so() -> None:
    def score(day: str, title: str = "Alibaba releases Qwen3") -> Any:
        return compare(Told("Alibaba releases Qwen3", day="2025-04-29"), Told(title, day=day), len)

    same, later = score("2025-04-28T22:10:00Z"), score("2025-07-01")
    assert same.remarks == ("at the same time",)
    assert later.remarks == ("63 days apart",)
    assert score("2025-04").remarks == score("").remarks == score("soon").remarks == ()
    assert later.score < score("").score
    other = score("", "Alibaba releases Qwen2.5")
    assert other.remarks == ("other numbers: 3 and 2.5",)
    assert other.score < score("").score


def test_actors_count_and_stand_for_their_names_in_another_language() -> None:
    headline, entry = "华为发布新芯片", "Huawei presents a chip"
    without = compare(Told(headline), Told(entry), lambda _: 1.0)
    named = frozenset({"an id"})
    assert without.shared == ("芯片",)
    assert (
        compare(Told(headline, actors=named), Told(entry, actors=named), lambda _: 1.0).score > without.score
    )


def test_shared_chinese_is_shown_as_words_and_not_as_pairs() -> None:
    one, other = Told("全球首个人形机器人半程马拉松"), Told("北京亦庄人形机器人半程马拉松")
    assert compare(one, other, len).shared == ("人形机器人半程马拉松",)


def test_terms_are_words_without_endings_numbers_with_letters_and_pairs_of_characters() -> None:
    assert terms("The Releases of DeepSeek-V3.1 and Qwen 2.5") == [
        *("v3.1", "2.5", "qwen", "qwen2.5", "releas", "deepseek"),
    ]
    assert terms("国家網信办约谈英伟达", "A text") == [
        *("国家", "家网", "网信", "信办", "办约", "约谈", "谈英", "英伟", "伟达", "summon", "text"),
    ]
    assert terms("chips", "chip chips") == ["chip"]
    assert terms("的", "1 2 3") == terms("") == []
    assert (
        len(terms("", " ".join(f"w{chr(97 + n % 26)}{chr(97 + n // 26)}xx" for n in range(600)))) <= MAX_TERMS
    )


# Duplicates, found in the database


def candidate(title: str, summary: str = "", day: str = "", **more: Any) -> Candidate:
    feed = more.pop("feed", None) or source(f"https://example.org/{Candidate.objects.count()}")
    return Candidate.objects.create(
        title=title, summary=summary, published=day, terms=terms(title, summary), source=feed, **more
    )


def fill_with_other_news() -> None:
    feed = source("https://example.org/other")
    for pair in labelled()[60:160]:
        candidate(pair.one.title, pair.one.text, pair.one.day, feed=feed)


@pytest.mark.django_db
def test_candidates_and_entries_that_tell_the_same_are_found_and_others_are_not() -> None:
    fill_with_other_news()
    entry = publish_entry(
        "model1", title="Code points to a new DeepSeek architecture, MODEL1", date="2026-01-20",
        summary="The label MODEL1, found in a DeepSeek repository, denotes the architecture behind DeepSeek V4.",
    )  # fmt: skip
    first = candidate(FIRST, day="2026-01-21T08:00:00Z", state=State.DISMISSED)
    found = likely(SECOND, "", "2026-01-21")
    assert {(item.kind, item.id, item.state) for item in found} == {
        ("candidate", str(first.pk), "dismissed"),
        ("entry", str(entry.id), "published"),
    }
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    assert all(LIKELY <= item.score <= 100 and "model1" in item.shared for item in found)
    assert {item.date for item in found} == {"2026-01-21", "2026-01-20"}


@pytest.mark.django_db
def test_an_entry_is_found_from_a_headline_in_chinese() -> None:
    fill_with_other_news()
    bytedance = publish_actor("bytedance", title="ByteDance", name_zh="字节跳动", aliases=[])
    cited = {"publisher": "Udn", "title": "不造车只赋能! 字节跳动携手宾士", "language": "zh"}
    by_actor = publish_entry(
        "doubao", title="Mercedes-Benz brings ByteDance's Doubao into the electric CLA", date="2025-09-23",
        summary="The cockpit assistant comes from ByteDance.", actors=[{"id": str(bytedance.id), "role": "acted"}],
    )  # fmt: skip
    by_source = publish_entry(
        "cited", title="A car", summary="An assistant.", date="2025-09-23", sources=[cited]
    )
    found = likely("奔驰与字节跳动合作 豆包大模型上车", "", "2025-09-24", [str(bytedance.id)])
    assert str(by_actor.id) in [item.id for item in found]
    found = likely("字节跳动携手宾士 豆包上车", "", "2025-09-24")
    assert str(by_source.id) in [item.id for item in found]


@pytest.mark.django_db
def test_neither_the_candidate_itself_nor_what_was_merged_nor_what_was_withdrawn_is_found() -> None:
    from editorial import commands as c

    itself = candidate(FIRST)
    candidate(FIRST, state=State.MERGED, merged_into=itself)
    entry = publish_entry("model1", title=SECOND)
    assert [item.kind for item in likely(FIRST, "", exclude_candidate=itself.pk)] == ["entry"]
    entry.do(c.Withdraw("It was wrong.", "It was wrong."))
    assert likely(FIRST, "", exclude_candidate=itself.pk) == []


@pytest.mark.django_db
def test_a_search_takes_three_queries_whatever_there_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fill_with_other_news()
    actor = publish_actor("deepseek", title="DeepSeek", name_zh="深度求索", aliases=[])
    for number in range(5):
        publish_entry(f"model{number}", title=f"{SECOND} {number}")
        candidate(f"{FIRST} {number}", day="2026-01-21")
    public_names()
    for date, actors in (("2026-01-21", [str(actor.id)]), ("", [])):
        with django_assert_num_queries(3):
            assert len(likely(SECOND, FIRST, date, actors, limit=4)) == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "title", ["", "的", "'; DROP & | ! :* <-> \\ ('a')", "\u202e\u0301 1", "x" * 5_000, "%s %(a)s"]
)
def test_any_title_is_asked_for_in_peace(title: str) -> None:
    candidate("DROP a")
    assert all(item.kind == "candidate" for item in likely(title, title * 3, "no date"))


# Actors and keywords in a text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Huawei Cloud and HUAWEI sign", [("huawei-cloud", "Huawei Cloud"), ("huawei", "HUAWEI")]),
        ("华为云与华为", [("huawei-cloud", "华为云"), ("huawei", "华为")]),
        (
            f"{WIDE} and Hua\u0301wei\u0301",
            [("huawei", WIDE), ("huawei", "Hua\u0301wei\u0301")],
        ),
        ("國家網信辦約談華為", [("cac", "網信辦"), ("huawei", "華為")]),
        ("metadata, meta, Meta, META", [("meta", "Meta"), ("meta", "META")]),
        ("most of it; MOST says", [("most", "MOST")]),
        ("完美的一天,美的宣布", [("midea", "美的")]),
        ("Qwen3与DeepSeek-R1", [("qwen", "Qwen"), ("deepseek", "DeepSeek")]),
        ("DeepSeekers, aDeepSeek", []),
        ("Huawei\n  Technologies’ chip", [("huawei", "Huawei\n  Technologies")]),
        ("Kimi", [("claude", "Kimi"), ("moonshot", "Kimi")]),
        ("", []),
    ],
)
def test_actors_are_found_by_any_name_in_any_script(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


LETTERS = st.sampled_from("aAbBá\uff21\u0301 华華为云國国的ß㏒-3\n")


@given(st.lists(st.text(LETTERS, min_size=1, max_size=6), max_size=8), st.text(LETTERS, max_size=60))
def test_what_is_found_stands_there_and_nothing_longer_does(words: list[str], text: str) -> None:
    lookup = Lookup(words)
    stands = list(lookup.find(text))
    end = 0
    for stand in stands:
        assert text[stand.start : stand.end] == stand.written
        assert fold(stand.written).strip() == fold(stand.word.strip())
        assert stand.start >= end or (stand.start, stand.end) in {
            (other.start, other.end) for other in stands
        }
        end = max(end, stand.end)
    whole = [stand for word in words for stand in Lookup([word]).find(text)]
    for stand in stands:
        longer = [other for other in whole if other.start == stand.start and other.end > stand.end]
        assert not longer


@given(st.text(max_size=40))
def test_every_folded_character_knows_where_it_stood(text: str) -> None:
    folded, places = fold_with_places(text)
    assert len(folded) == len(places)
    assert places == sorted(places)
    assert fold(text) == folded


@given(st.text(st.sampled_from("甲乙丙x "), max_size=20), st.text(st.sampled_from("甲乙丙x "), max_size=20))
def test_a_chinese_name_is_found_wherever_it_stands(before: str, after: str) -> None:
    text = f"{before}华为{after}"
    assert [(found.start, found.end) for found in NAMES.find(text)] == [(len(before), len(before) + 2)]


def test_relevance_is_explained_in_words() -> None:
    keywords = [("大模型", 3, "models"), ("chip", 2, "chips"), ("AI", 1, ""), ("robot", 5, "robots")]
    title, text = "华为发布大模型", "DeepSeek and Huawei name a chip; said, robotics"
    found = NAMES.find(f"{title}\n{text}")
    score, reasons = relevance(found, keywords, title, text)
    assert reasons == ["names 2 actors: 华为, DeepSeek", "keyword 大模型 in the title", "keyword chip"]
    assert score == 2 * 2 + 2 * 3 + 2
    assert categories(keywords, title, text) == ["models", "chips"]
    assert relevance([], [], "", "") == (0, [])
    assert relevance([Found("a", "A", 0, 1)], [], "A", "")[1] == ["names 1 actor: A"]


@pytest.mark.django_db
def test_names_are_those_of_public_actors_and_follow_what_is_published() -> None:
    actor: Doc = publish_actor("zhipu", title="Zhipu AI", name_zh="智谱", aliases=["Z.ai"])
    assert [found.id for found in public_names().find("智谱 and Z.ai")] == [str(actor.id)] * 2
    assert public_names() is public_names()
    actor.revise(aliases=["智谱华章"]).publish("minor", "Its other name.")
    assert [found.name for found in public_names().find("智谱华章, Z.ai")] == ["智谱华章"]

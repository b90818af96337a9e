"""The language of a source: what it says, unless its own characters say otherwise."""

from __future__ import annotations

import re

_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
_SCRIPTS = {
    "han": re.compile("[\u3400-\u9fff]"),
    "kana": re.compile("[\u3041-\u30ff]"),
    "hangul": re.compile("[\uac00-\ud7a3]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}
# One of them stands for about a word.
_DENSE = 4
_CYRILLIC = {"ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "tt", "ce"}
_NOT_LATIN = {"zh", "yue", "ja", "ko", "ar", "fa", "he", "hi", "th", "el", "ka", "hy"} | _CYRILLIC
_WORDS = {
    "en": "the and of to is for with that this from are was has its",
    "pt": "não uma em do da dos das são com ao pelo mais seu",
    "es": "el los las una con del y por su es más al",
    "fr": "le les des et une pour dans du est sur au avec qui",
    "de": "der die und das den mit von für ist im auf ein nicht",
    "it": "il di che per gli della è con nel sono alla più",
}
_WORD_SETS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_LOOKED_AT = 10_000
_FEWEST = 3


def tag(text: str) -> str:
    """The language's tag as BCP 47 writes it (``zh-Hans-CN``), or nothing where it is none."""
    text = text.strip()
    if not _TAG.fullmatch(text):
        return ""
    first, *rest = text.replace("_", "-").split("-")
    return "-".join([first.lower(), *map(_subtag, rest)])


def _subtag(text: str) -> str:
    return {2: text.upper(), 4: text.title()}.get(len(text), text.lower())


def settled(declared: str, text: str) -> str:
    """The tag of the text's language: the declared one where the script allows it, else one that is told by words.

    Chinese of no declared country is ``zh-Hans`` or ``zh-Hant``. Empty where nothing tells.
    """
    declared, text = tag(declared), text[:_LOOKED_AT]
    primary = declared.split("-")[0]
    count = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    # Who declares another language may quote a little of this one.
    dense = _DENSE if not declared or primary in _NOT_LATIN else _DENSE / 2
    if (count["han"] + count["kana"]) * dense > count["latin"] + count["cyrillic"]:
        return _east_asian(declared, primary, text, count)
    if count["hangul"] * _DENSE > count["latin"]:
        return declared if primary == "ko" else "ko"
    if count["cyrillic"] > count["latin"]:
        return declared if primary in _CYRILLIC else _cyrillic(text)
    if declared and primary not in _NOT_LATIN:
        return declared
    return _by_words(text) or declared


def _east_asian(declared: str, primary: str, text: str, count: dict[str, int]) -> str:
    if count["kana"] * 10 > count["han"]:
        return declared if primary == "ja" else "ja"
    if primary in ("zh", "yue"):
        return declared
    han = _SCRIPTS["han"].findall(text)
    simplified = sum(_fits(sign, "gb2312") > _fits(sign, "big5") for sign in han)
    traditional = sum(_fits(sign, "big5") > _fits(sign, "gb2312") for sign in han)
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _fits(sign: str, encoding: str) -> bool:
    return bool(sign.encode(encoding, "ignore"))


def _cyrillic(text: str) -> str:
    return "uk" if re.search("[іїєґІЇЄҐ]", text) else "ru"


def _by_words(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text.lower())
    scores = {language: sum(word in known for word in words) for language, known in _WORD_SETS.items()}
    best, second = sorted(scores, key=lambda language: -scores[language])[:2]
    return best if scores[best] >= max(_FEWEST, scores[second] + 1) else ""

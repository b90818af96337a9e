"""Whether words changed: an edit that an editor would call one, told from noise."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter

from editorial import search

CHANGED = 0.1
ALIKE = 0.5

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Every repetition is bounded, so that no text makes the search slow.
_COUNT = r"(?<!\d)\d[\d.,]{0,15}\s?(?:[km]\b|[万萬亿億])?\+?"
_COUNTED = "阅读量?|閱讀|浏览量?|瀏覽|评论|評論|点赞|點讚|转发|轉發|收藏|分享"
# What runs on by itself, wherever it stands: “3 minutes ago”, “1,204 views”, “阅读 1204”.
_PASSING = re.compile(
    rf"{_COUNT}\s{{0,3}}(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\s{{1,3}}ago\b"
    rf"|{_COUNT}\s{{0,3}}(?:views?|reads?|comments?|likes?|shares?)\b"
    rf"|\b(?:views?|reads?|comments?|likes?|shares?)\s{{0,3}}[:(]\s{{0,3}}{_COUNT}"
    rf"|{_COUNT}\s{{0,3}}(?:秒钟?|分钟|分鐘|小时|小時|天|周|週|个月|個月|年)前"
    rf"|(?:{_COUNTED})(?:数|數|次数|次數)?\s{{0,3}}[:(]?\s{{0,3}}{_COUNT}"
    rf"|{_COUNT}\s{{0,3}}[次人]?(?:{_COUNTED})"
    r"|\bjust now\b|刚刚|剛剛",
    re.IGNORECASE,
)
# What a line may hold, beside numbers, and be no more than a date.
_OF_DATES = re.compile(
    r"\b(?:(?:jan|feb)(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|(?:nov|dec)(?:ember)?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|last|first|updated|modified|published|posted|date|time|on|at|am|pm|gmt|utc|today|yesterday)\b"
    r"|(?:星期|周|週)[一二三四五六日天]|最[后後]|更新|发布|發布|发表|發表|时间|時間|日期|今天|昨天|上午|下午|于|於"
    r"|[年月日号號时時分秒点點]|\d+(?:st|nd|rd|th|[tz])?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]")


def reworded(before_title: str, before_text: str, after_title: str, after_text: str) -> bool:
    """Whether the item says something else now: a number in its title, or more than a tenth of its words.

    Spaces, punctuation, case, entities, ages, counters and dates at the end do not count, nor does the order of words.
    Where one side has no text, its source tells more or less than before, and titles alone are compared.
    """
    before_title, after_title = _plain(before_title), _plain(after_title)
    if _numbers(before_title) != _numbers(after_title):
        return True
    before, after = _meat(before_text), _meat(after_text)
    if not before.strip() or not after.strip():
        before = after = ""
    return _kept(f"{before_title}\n{before}", f"{after_title}\n{after}") < 1 - CHANGED


def alike(before: str, after: str) -> bool:
    """Whether one title can be an edit of the other: the same numbers, and half of the words. False without words."""
    before, after = _plain(before), _plain(after)
    if not _WORD.search(before) or not _WORD.search(after):
        return False
    return _numbers(before) == _numbers(after) and _kept(before, after) >= ALIKE


def _kept(before: str, after: str) -> float:
    """The share of the longer one's words that both have, from 0 to 1; 1 where neither has a word."""
    old, new = Counter(search.normalise(before).split()), Counter(search.normalise(after).split())
    longer = max(old.total(), new.total())
    return (old & new).total() / longer if longer else 1.0


def _plain(text: str) -> str:
    # Twice, since feeds escape what was escaped already.
    return unicodedata.normalize("NFKC", html.unescape(html.unescape(text)))


def _numbers(title: str) -> Counter[str]:
    return Counter(number.replace(",", "") for number in _NUMBER.findall(title))


def _meat(text: str) -> str:
    """The text without what runs on by itself, and without the dates that it ends on."""
    lines = _PASSING.sub(" ", _plain(text)).splitlines()
    while lines and not _WORD.search(_OF_DATES.sub(" ", lines[-1])):
        lines.pop()
    return "\n".join(lines)

"""Moments as editors read and write them: always with their zone."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

ZONES = {"UTC": "UTC", "Europe/Berlin": "Berlin", "Asia/Shanghai": "Beijing"}


def in_zones(moment: datetime) -> str:
    """The moment in each of the newsroom's zones."""
    return " · ".join(f"{_local(moment, zone):%-d %b %Y, %H:%M} {city}" for zone, city in ZONES.items())


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


class MomentWidget(forms.MultiWidget):
    def __init__(self) -> None:
        zones = [(zone, zone.replace("_", " ")) for zone in ZONES]
        super().__init__(
            {
                "date": forms.DateInput({"type": "date", "aria-label": "Date"}),
                "time": forms.TimeInput({"type": "time", "aria-label": "Time"}),
                "zone": forms.Select({"aria-label": "Time zone"}, choices=zones),
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        return [None, None, "UTC"]


class MomentField(forms.MultiValueField):
    """A day, a time and the zone that they are meant in. A time that a zone has twice, or skips, is refused."""

    widget = MomentWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (
            forms.DateField(error_messages={"required": "Write the day."}),
            forms.TimeField(error_messages={"required": "Write the time."}),
            forms.ChoiceField(choices=[(zone, zone) for zone in ZONES]),
        )
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, values: list[Any]) -> datetime:
        day, clock, zone = values
        return _moment(day, clock, ZoneInfo(zone))


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    first = datetime.combine(day, clock, zone)
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        raise forms.ValidationError(
            f"The clocks change that night: {clock:%H:%M} is no single moment in {zone.key}. Write it in UTC."
        )
    return first

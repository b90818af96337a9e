"""The workflow's buttons: each command as a form of the fields that it needs.

The forms judge nothing that the command judges. Every form carries the id of one use of it, so that a request that
is sent twice is carried out once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any, ClassVar
from uuid import UUID, uuid4, uuid5

from django import forms

from editorial import commands as c
from editorial.admin.moments import MomentField
from editorial.admin.who import colleagues
from editorial.forms import tidy
from editorial.workflow import State

MAJOR, MINOR, CORRECTION = "major", "minor", "correction"
CHANGES = (
    (MAJOR, "Major: readers are told, and the “updated” date moves"),
    (MINOR, "Minor: the “updated” date stays"),
    (CORRECTION, "Correction: something was wrong; the note says what, and readers see it"),
)


def _area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea({"rows": str(rows)})


class NumberField(forms.IntegerField):
    """A number that the page wrote. What is none is 0, which the command refuses in words."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> int:
        try:
            return super().clean(value) or 0
        except forms.ValidationError:
            return 0


class CommandForm(forms.Form):
    """Its fields are named as the command's."""

    COMMAND: ClassVar[type[c.Command]]
    use_required_attribute = False

    command_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def __init__(self, state: State, **kwargs: Any) -> None:
        self.state = state
        super().__init__(**kwargs)
        if "content_version" in self.fields:
            self.fields["content_version"].initial = state.content_version

    def command(self) -> c.Command:
        """The command of what was typed. The form is valid."""
        named = {f.name: tidy(self.cleaned_data[f.name]) for f in fields(self.COMMAND) if f.name in self.fields}
        return self.COMMAND(**named)

    def metadata(self) -> dict[str, str]:
        """Marks this use of the form. Another text in the same form is another command."""
        once: UUID = self.cleaned_data.get("command_id") or uuid4()
        return {"command_id": str(uuid5(once, repr(self.command())))}

    @property
    def asks(self) -> bool:
        """Whether a person has something to fill in."""
        return bool(self.visible_fields())


class SubmitForm(CommandForm):
    COMMAND = c.Submit


class TakeBackForm(CommandForm):
    COMMAND = c.TakeBack


class UnscheduleForm(CommandForm):
    COMMAND = c.Unschedule


class DiscardForm(CommandForm):
    COMMAND = c.Discard


class PublishDueForm(CommandForm):
    """The scheduler's own: no button, but the address answers, and the command refuses."""

    COMMAND = c.PublishDue


class ApproveForm(CommandForm):
    COMMAND = c.Approve
    content_version = NumberField()


class RequestChangesForm(CommandForm):
    COMMAND = c.RequestChanges
    note = forms.CharField(label="What should change", widget=_area(6), required=False)


class ChangeForm(CommandForm):
    """Base of what publishes: the kind of change and the note, which a first edition does not need."""

    content_version = NumberField()
    change = forms.CharField(
        label="What kind of change", widget=forms.RadioSelect(choices=CHANGES), initial=MAJOR, required=False
    )
    note = forms.CharField(
        label="Change note", widget=_area(), required=False, help_text="One or two sentences that readers see."
    )

    def __init__(self, state: State, **kwargs: Any) -> None:
        super().__init__(state, **kwargs)
        if not state.editions:
            self.fields["change"].widget = forms.HiddenInput()
            self.fields["note"].help_text = "Readers see it. Left empty, it says “First published.”"


class PublishForm(ChangeForm):
    COMMAND = c.Publish


class ScheduleForm(ChangeForm):
    COMMAND = c.Schedule
    at = MomentField(label="When")
    field_order = ("at", "change", "note")


class PublishInEmergencyForm(ChangeForm):
    COMMAND = c.PublishInEmergency
    reason = forms.CharField(
        label="Why it cannot wait for a review",
        widget=_area(),
        required=False,
        help_text="Colleagues see it; readers do not. The edition stays flagged until somebody else has reviewed it.",
    )
    field_order = ("reason", "change", "note")


class ReviewAfterwardsForm(CommandForm):
    COMMAND = c.ReviewAfterwards
    note = forms.CharField(label="What your review found", widget=_area(), required=False)


class WithdrawForm(CommandForm):
    COMMAND = c.Withdraw
    notice = forms.CharField(
        label="Notice",
        widget=_area(),
        required=False,
        help_text="Readers see it at the address, which stays: why the text is gone.",
    )
    hide_past = forms.BooleanField(
        label="Hide the text in the past too",
        required=False,
        initial=True,
        help_text="Ticked: whoever looks at an earlier date sees title, dates and notice. "
        "Not ticked: they see it as it was.",
    )


class ReinstateForm(CommandForm):
    COMMAND = c.Reinstate
    note = forms.CharField(
        label="Why it is back", widget=_area(), required=False, help_text="Readers see it."
    )


class RenameForm(CommandForm):
    COMMAND = c.Rename
    slug = forms.CharField(
        label="New address",
        required=False,
        help_text="The last part of the public address. The former one leads here once it was public.",
    )

    def __init__(self, state: State, **kwargs: Any) -> None:
        super().__init__(state, **kwargs)
        self.fields["slug"].initial = state.slug


class RestoreForm(CommandForm):
    COMMAND = c.Restore
    version = NumberField()


class CommentForm(CommandForm):
    COMMAND = c.Comment
    text = forms.CharField(label="Comment", widget=_area(3), required=False)
    reply_to = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ResolveForm(CommandForm):
    COMMAND = c.Resolve
    comment = NumberField()


class AssignForm(CommandForm):
    COMMAND = c.Assign
    person = forms.TypedChoiceField(label="To", required=False, empty_value=None)

    def __init__(self, state: State, **kwargs: Any) -> None:
        super().__init__(state, **kwargs)
        choices = forms.ChoiceField(choices=[("", "nobody"), *colleagues()]).choices
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
        self.fields["person"].initial = state.assignee or ""


@dataclass(frozen=True)
class Action:
    """``verb`` is on the button. ``asks``: a page of its own comes first, to read again and to fill in."""

    form: type[CommandForm]
    verb: str
    done: str
    asks: bool = True
    grave: bool = False
    button: bool = True

    @property
    def command(self) -> type[c.Command]:
        return self.form.COMMAND

    @property
    def name(self) -> str:
        """The command's name in addresses: RequestChanges is request-changes."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", self.command.__name__).lower()


# In the order in which buttons stand.
ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action(SubmitForm, "Submit for review", "Submitted for review.", asks=False),
        Action(ApproveForm, "Approve", "Approved.", asks=False),
        Action(PublishForm, "Publish …", "Published."),
        Action(ScheduleForm, "Schedule …", "Scheduled."),
        Action(RequestChangesForm, "Ask for changes …", "Sent back with your note."),
        Action(TakeBackForm, "Take back", "Taken back; it is a draft again.", asks=False),
        Action(UnscheduleForm, "Unschedule", "Unscheduled; it is approved and waits.", asks=False),
        Action(ReviewAfterwardsForm, "Review the emergency edition …", "Reviewed."),
        Action(ReinstateForm, "Reinstate …", "Public again."),
        Action(AssignForm, "Assign …", "Assigned."),
        Action(RenameForm, "Rename …", "Renamed."),
        Action(WithdrawForm, "Withdraw …", "Withdrawn. The address stays, with your notice.", grave=True),
        Action(PublishInEmergencyForm, "Publish in an emergency …", "Published in an emergency.", grave=True),
        Action(DiscardForm, "Discard the draft …", "Discarded.", grave=True),
        Action(CommentForm, "Comment", "Comment saved.", button=False),
        Action(ResolveForm, "Resolve", "Comment resolved.", button=False),
        Action(RestoreForm, "Restore", "Restored as a draft.", button=False),
        Action(PublishDueForm, "Publish what is due", "Published.", button=False),
    )
}

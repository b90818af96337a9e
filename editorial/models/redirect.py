"""Redirects: which document stands for which, from the merge until it is undone."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models.expressions import Func


class Redirect(models.Model):
    """``position`` is that of the merge, at which the last edition of ``document`` ends; ``target`` stands for it.

    The target may be merged in turn: chains are kept as they came about, and flattened when they are read.
    """

    position = models.BigIntegerField(primary_key=True)
    type = models.CharField(max_length=20)
    document = models.UUIDField()
    target = models.UUIDField()
    valid_from = models.BigIntegerField()
    valid_to = models.BigIntegerField(null=True)
    validity = models.GeneratedField(
        expression=Func("valid_from", "valid_to", function="int8range"),
        output_field=BigIntegerRangeField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="redirect_one_at_a_time",
                expressions=[("document", RangeOperators.EQUAL), ("validity", RangeOperators.OVERLAPS)],
            )
        ]
        indexes = [GistIndex(fields=["validity"], name="redirect_validity")]

    def __str__(self) -> str:
        return f"{self.type} {self.document} into {self.target} at {self.position}"

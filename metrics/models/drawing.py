"""Charts as they were drawn. Not projected: whatever is not here is drawn again from what is published."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Drawing(models.Model):
    """A series' chart. ``digest`` names what is drawn, data, words and style: other data, another drawing.

    A page works out the digest of what it shows and looks for it, so that no drawing outlives what it was drawn from.
    """

    pk = models.CompositePrimaryKey("document", "digest")
    document = models.UUIDField()
    digest = models.CharField(max_length=64)
    svg = models.TextField()
    png = models.BinaryField()
    drawn_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["drawn_at"], name="drawing_drawn_at")]

    def __str__(self) -> str:
        return f"{self.document} {self.digest[:12]}"

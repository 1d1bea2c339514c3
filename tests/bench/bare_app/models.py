"""What the bare view inserts."""

from django.db import models


class Line(models.Model):
    """A name and an address, with the moment they came."""

    name = models.CharField(max_length=300)
    email = models.EmailField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare_app"  # the bench makes the table from outside it

    def __str__(self) -> str:
        return self.name

"""The one table of the bare views; made in the bench's own throwaway database."""

from django.db import models


class BareRow(models.Model):
    """As plain a record of a visit as one row can be."""

    made_at = models.DateTimeField(auto_now_add=True)
    audience = models.CharField(max_length=10)
    activities = models.CharField(max_length=80)
    procedure = models.CharField(max_length=20)
    account = models.CharField(max_length=6)
    made_by = models.IntegerField()

    def __str__(self):
        return str(self.pk)

"""What serves a counted number of times: a code of sign-in, its link, the code of an authenticator."""

from django.db import models


class CountedUse(models.Model):
    """How often one thing was used. The count changes by one statement of the database, whoever asks at once.

    ``key`` is a digest: nothing of the thing itself is stored. The row is forgotten once it could not serve any more.
    """

    key = models.CharField("empreinte", max_length=64, unique=True)
    count = models.PositiveSmallIntegerField("usages", default=0)
    forgotten_at = models.DateTimeField("oublié le", db_index=True)

    class Meta:
        verbose_name = "usage compté"
        verbose_name_plural = "usages comptés"

    def __str__(self) -> str:
        return f"{self.key[:8]} : {self.count}"
